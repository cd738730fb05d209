"""What people operate the product by: pages, one folder for each section of the navigation, and commands."""
