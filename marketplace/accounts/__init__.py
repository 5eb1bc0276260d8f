"""People who sign in: buyers, keepers, editors and managers, by mail address."""
