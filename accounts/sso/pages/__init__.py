"""The admin's pages about connections. They stand in the sign-in door because they show its addresses."""
