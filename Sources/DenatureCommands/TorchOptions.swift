#if Torch
    import ArgumentParser
    import Torch

    /// Where and how tensors are computed: the options that all commands with models share.
    struct TorchOptions: ParsableArguments {
        @Option(help: ArgumentHelp("cpu, cuda or cuda:N.", valueName: "device")) var device = "cpu"
        @Option(help: ArgumentHelp("Threads on the CPU (default: as many as cores).", valueName: "count"))
        var threads: Int?
        @Option(
            name: .customLong("dtype"),
            help: ArgumentHelp(
                "float32, float64, bfloat16 or float16 (default: float32 on the CPU, the checkpoint's on a GPU).",
                valueName: "type"))
        var dtypeName: String?

        func validate() throws {
            if let threads, !(1...4096).contains(threads) {
                throw ValidationError("--threads must be from 1 to 4096")
            }
            if let dtypeName, DType(rawValue: dtypeName)?.isFloatingPoint != true {
                throw ValidationError("--dtype must be float32, float64, bfloat16 or float16")
            }
        }

        /// Sets the number of threads and finds the device.
        /// - Parameter usualThreads: what is fastest for the work where the user has not decided.
        func activate(usualThreads: Int? = nil) throws -> Device {
            if let count = threads ?? usualThreads { TorchRuntime.setThreads(count) }
            do {
                return try Device(argument: device)
            } catch {
                throw CommandFailure.usage("--device: \(error.message)")
            }
        }

        /// The element type that was asked for.
        func dtype() throws -> DType? {
            try dtypeName.map { name in
                guard let dtype = DType(rawValue: name), dtype.isFloatingPoint else {
                    throw CommandFailure.usage("--dtype must be float32, float64, bfloat16 or float16")
                }
                return dtype
            }
        }
    }
#endif
