#if Torch
    import Denature
    import Torch

    extension RuntimeSettings {
        /// Sets the number of threads and finds the device.
        ///
        /// - Parameter usualThreads: What is fastest for the work where nobody has decided.
        /// - Throws: `SettingsError` for a device that is none, or not here.
        public func activate(usualThreads: Int? = nil) throws(SettingsError) -> Device {
            if let count = threads ?? usualThreads { TorchRuntime.setThreads(count) }
            do {
                return try Device(argument: device)
            } catch {
                throw SettingsError("device", "`device`: \(error.message)")
            }
        }

        /// The element type that was asked for.
        public var elementType: DType? { dtype?.elementType }
    }

    extension RuntimeSettings.Precision {
        /// The element type of tensors.
        public var elementType: DType {
            switch self {
            case .float32: .float32
            case .float64: .float64
            case .bfloat16: .bfloat16
            case .float16: .float16
            }
        }
    }
#endif
