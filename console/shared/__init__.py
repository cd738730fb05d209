"""What all sections share: guards, lists, timelines, confirmations, fields."""
