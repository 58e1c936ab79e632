#if Torch
    import Testing

    @testable import TorchAuditing

    @Suite("Reading texts with a checkpoint")
    struct ReaderTests {}
#endif
