#if Torch
    import CTorch

    // Operations added as they were needed.
    extension Tensor {
    }
#endif
