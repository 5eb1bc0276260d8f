"""The office: what managers may do, and Oscar's dashboard, which only reads."""
