#if Torch
    import CTorch
    import Foundation
    import Synchronization
    import Torch

    /// Cosines and sines of the rotary position embedding (arXiv 2104.09864), by position, computed as far as needed.
    ///
    /// Angles, cosines and sines are computed in float32 whatever the model's type, as Hugging Face does it, so that
    /// all positions agree with models trained there.
    package final class RotaryTable: Sendable {
        /// cos [P, D], and sin [P, D] with the first half negated: x·cos + swapped(x)·sin rotates.
        package struct Rows: Sendable {
            /// [P, D].
            package let cos: Tensor
            /// [P, D], the first D/2 columns negated.
            package let sin: Tensor

            /// The rows of positions 0 ..< count.
            package func prefix(_ count: Int) throws -> Rows {
                Rows(
                    cos: try cos.narrow(0, start: 0, length: count),
                    sin: try sin.narrow(0, start: 0, length: count))
            }

            /// The rows of any positions, int64 [N].
            package func select(_ positions: Tensor) throws -> Rows {
                Rows(cos: try cos.indexSelect(0, positions), sin: try sin.indexSelect(0, positions))
            }

            /// The rows shaped to rotate tensors [..., P, heads, D].
            package func perHead() throws -> Rows {
                Rows(cos: try cos.unsqueezed(1), sin: try sin.unsqueezed(1))  // [P, 1, D]
            }

            /// Rotates [..., P, heads, D], with rows from ``perHead()``.
            package func rotating(_ x: Tensor) throws -> Tensor {
                let half = x.size(-1) / 2
                let swapped = try Tensor.cat(
                    [x.narrow(-1, start: half, length: half), x.narrow(-1, start: 0, length: half)],
                    dimension: -1)
                let rotated = try x.multiplied(by: cos)
                if x.dtype.isHalf {
                    // Rounded after each step, as in models trained with Hugging Face's code.
                    return try rotated.adding(swapped.multiplied(by: sin))
                }
                try rotated.addcmulInPlace(swapped, sin)
                return rotated
            }
        }

        /// One frequency per pair of dimensions, in radians per position, [D/2].
        package let inverseFrequencies: [Float]
        private let dtype: DType
        private let device: Device
        private let rows = Mutex<Rows?>(nil)

        package init(_ configuration: DecoderConfiguration, dtype: DType, device: Device) throws {
            inverseFrequencies = try Self.inverseFrequencies(configuration)
            self.dtype = dtype
            self.device = device
        }

        /// Of windowed layers, nil where they have no frequencies of their own.
        convenience init?(windowsOf configuration: DecoderConfiguration, dtype: DType, device: Device) throws {
            guard let theta = configuration.block.windowTheta, !configuration.block.windowedLayers.isEmpty else {
                return nil
            }
            var configuration = configuration
            configuration.ropeTheta = theta
            configuration.ropeScaling = .none
            try self.init(configuration, dtype: dtype, device: device)
        }

        /// The rows of at least the positions 0 ..< count.
        package func rows(atLeast count: Int) throws -> Rows {
            try rows.withLock { rows in
                if let rows, rows.cos.size(0) >= count { return rows }
                var size = 64
                while size < count { size *= 2 }
                let made = try Autograd.noGrad { try makeRows(size) }
                rows = made
                return made
            }
        }

        private func makeRows(_ count: Int) throws -> Rows {
            let half = inverseFrequencies.count
            let positions = try Tensor.arange(to: Double(count), dtype: .float32).unsqueezed(1)  // [P, 1]
            // [P, D/2]
            let angles = try positions.multiplied(by: Tensor(inverseFrequencies, shape: [1, half]))
            let (cos, sin) = (try angles.cos(), try angles.sin())
            return Rows(
                cos: try Tensor.cat([cos, cos], dimension: 1).to(device: device, dtype: dtype),
                sin: try Tensor.cat([sin.negated(), sin], dimension: 1).to(device: device, dtype: dtype))
        }

        /// θ^(−2i/D), changed as the configuration says; in float32 like transformers'.
        private static func inverseFrequencies(_ configuration: DecoderConfiguration) throws -> [Float] {
            let dimension = configuration.headDim
            let exponents = try Tensor.arange(to: Double(dimension), step: 2, dtype: .float32)
                .divided(by: Double(dimension))  // [D/2]
            let base = try Tensor.full([exponents.count], value: configuration.ropeTheta)
            let powers = try Tensor.produce("pow", [base, exponents]) {
                ct_binary(CT_POW, base.handle, exponents.handle, $0)
            }
            let frequencies = try powers.floats().map { 1 / $0 }
            switch configuration.ropeScaling {
            case .none: return frequencies
            case .linear(let factor): return frequencies.map { $0 / Float(factor) }
            case .llama3(let factor, let low, let high, let original):
                return frequencies.map {
                    llama3(
                        $0, factor: Float(factor), low: Float(low), high: Float(high), original: Float(original)
                    )
                }
            }
        }

        /// Wavelengths above original/low are stretched by the factor, those below original/high stay, those between
        /// go over smoothly (Llama 3.1's reference code).
        private static func llama3(_ f: Float, factor: Float, low: Float, high: Float, original: Float)
            -> Float
        {
            let wavelength = 2 * Float.pi / f
            if wavelength > original / low { return f / factor }
            if wavelength < original / high { return f }
            let smooth = (original / wavelength - low) / (high - low)
            return (1 - smooth) * f / factor + smooth * f
        }
    }
#endif
