// The C interface of the shim.
