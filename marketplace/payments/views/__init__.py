"""What Stripe tells us, how a buyer pays, and what managers see of money."""
