"""The only way to other servers: checked addresses, limited answers, limited concurrency."""
