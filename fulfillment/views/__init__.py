"""Pages of the warehouse, the gate and the delivery: translate in, call one service, translate out."""
