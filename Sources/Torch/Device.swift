#if Torch
    import CTorch

    /// Where a tensor's elements lie.
    public enum Device: Hashable, Sendable, CustomStringConvertible {
        /// The host.
        case cpu
        /// The n-th CUDA device.
        case cuda(Int)

        /// The device an argument names: `cpu`, `cuda`, or `cuda:1`.
        ///
        /// - Throws: `TorchError` of kind `.unavailable` when the name is no device's or the device is not there.
        public init(argument: String) throws(TorchError) {
            if argument == "cpu" {
                self = .cpu
                return
            }
            let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
            guard parts[0] == "cuda", parts.count <= 2, let index = parts.count == 1 ? 0 : Int(parts[1]), index >= 0
            else {
                throw TorchError(
                    kind: .unavailable, operation: "device", message: "'\(argument)' is not cpu, cuda or cuda:N")
            }
            let devices = TorchRuntime.cudaDeviceCount
            guard index < devices else {
                let there = devices == 0 ? String(cString: ct_cuda_reason()) : "there are \(devices) CUDA devices"
                throw TorchError(kind: .unavailable, operation: "device", message: "'\(argument)': \(there)")
            }
            self = .cuda(index)
        }

        /// A one-line summary.
        public var description: String {
            switch self {
            case .cpu: "cpu"
            case .cuda(let index): "cuda:\(index)"
            }
        }

        var raw: ct_device {
            switch self {
            case .cpu: -1
            case .cuda(let index): Int32(clamping: index)
            }
        }

        init(raw: ct_device) {
            self = raw < 0 ? .cpu : .cuda(Int(raw))
        }
    }

    /// Settings of the library as a whole.
    public enum TorchRuntime {
        /// libtorch's version.
        public static var version: String { String(cString: ct_version()) }

        /// Threads of one operation on the CPU.
        public static var threads: Int { Int(ct_threads()) }

        /// Sets the threads of one operation on the CPU; small models are fastest with one.
        public static func setThreads(_ count: Int) {
            ct_set_threads(Int32(clamping: max(1, count)))
        }

        /// CUDA devices that can be used; 0 with a CPU build of libtorch or without a driver.
        public static var cudaDeviceCount: Int { Int(ct_cuda_devices()) }

        /// Whether there is a CUDA device.
        public static var isCUDAAvailable: Bool { cudaDeviceCount > 0 }

        /// Tensors alive in the process: what a leak test watches.
        public static var liveTensorCount: Int { Int(ct_live_tensors()) }
    }
#endif
