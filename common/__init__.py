"""Code that knows nothing of the product: each module could serve another one."""
