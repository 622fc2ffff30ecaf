"""The operations of the settings: one module a resource."""
