"""The pages of contracts: list and queue, application, the contract itself, its steps."""
