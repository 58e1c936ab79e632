#if Torch
    import Foundation
    import Statistics
    import Torch

    extension DecoderModel {
        /// A model with random weights: matrices normal with the configuration's `initializerRange` as standard
        /// deviation, norms 1, biases 0.
        ///
        /// Equal seeds give equal weights, whatever the device and the number of threads.
        ///
        /// - Throws: `TorchError`, such as for too little memory; ``ModelError``.
        public static func random(
            _ configuration: DecoderConfiguration, seed: UInt64, dtype: DType = .float32,
            device: Device = .cpu
        ) throws -> DecoderModel {
            var generator = NormalGenerator(seed: seed)
            var parameters: [String: Tensor] = [:]
            for (name, shape) in configuration.parameterShapes {
                if shape.count == 1 {
                    let value = name.hasSuffix(".bias") ? 0.0 : 1 - configuration.block.normOffset
                    parameters[name] = try Tensor.full(shape, value: value, dtype: dtype, device: device)
                } else {
                    let values = generator.values(
                        shape.reduce(1, *), deviation: configuration.initializerRange)
                    parameters[name] = try Tensor(values, shape: shape).to(device: device, dtype: dtype)
                }
            }
            return try DecoderModel(configuration: configuration, parameters: parameters)
        }
    }

    /// Normal deviates from the seeded generator, by Box and Muller's transform.
    private struct NormalGenerator {
        private var uniform: SeededGenerator

        init(seed: UInt64) {
            uniform = SeededGenerator(seed: seed)
        }

        mutating func values(_ count: Int, deviation: Double) -> [Float] {
            [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
                for i in stride(from: 0, to: count, by: 2) {
                    // In (0, 1], so that the logarithm is finite.
                    let radius =
                        (-2 * log(Double(uniform.next() >> 11 + 1) * 0x1p-53)).squareRoot() * deviation
                    let angle = 2 * Double.pi * Double(uniform.next() >> 11) * 0x1p-53
                    buffer.initializeElement(at: i, to: Float(radius * cos(angle)))
                    if i + 1 < count { buffer.initializeElement(at: i + 1, to: Float(radius * sin(angle))) }
                }
                initialized = count
            }
        }
    }
#endif
