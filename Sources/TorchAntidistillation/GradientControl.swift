#if Torch
    import Foundation
    import Safetensors
    import Statistics

    /// Directions that a gradient's effect is held against, as files of the same names, shapes and norm.
    public enum GradientControl: Hashable, Sendable {
        /// −g.
        case negated
        /// A direction drawn evenly from all, by a seed.
        case random(seed: UInt64)

        /// Writes the control of a gradient file to another file.
        ///
        /// - Parameters:
        ///   - input: The gradient file.
        ///   - output: Where the control appears.
        ///   - replacing: Whether a file that is there already gives way; otherwise it is an error.
        /// - Returns: What the new file says of itself.
        /// - Throws: `SafetensorsError`, or ``GradientError`` for a file that is no gradient.
        @discardableResult
        public func write(of input: String, to output: String, replacing: Bool = false) throws -> GradientInfo {
            let file = try SafetensorsFile(path: input)
            var info = try GradientInfo(metadata: file.metadata, file: input)
            for tensor in file.tensors where tensor.dtype != .float32 {
                throw GradientError(input, .notFloat32(tensor: tensor.name, dtype: tensor.dtype.rawValue))
            }
            let declarations = file.tensors.map {
                TensorDeclaration(name: $0.name, dtype: $0.dtype, shape: $0.shape)
            }
            // In order of name, so that the draws do not depend on the order in the file.
            let tensors = file.tensors.sorted { Array($0.name.utf8).lexicographicallyPrecedes($1.name.utf8) }
            let writer: SafetensorsWriter
            switch self {
            case .negated:
                info.direction = info.direction == .negated ? .gradient : .negated
                writer = try SafetensorsWriter(
                    path: output, tensors: declarations, metadata: info.metadata, replacing: replacing)
                for tensor in tensors {
                    try writer.append(file.floats(tensor.name).map { -$0 }, to: tensor.name)
                }
            case .random(let seed):
                info.direction = .random
                info.seed = seed
                writer = try SafetensorsWriter(
                    path: output, tensors: declarations, metadata: info.metadata, replacing: replacing)
                // Twice from one seed: the first time for the length, so that no more than a piece is in memory.
                var squares = 0.0
                Self.forEachPiece(of: tensors, seed: seed) { _, piece in
                    squares = piece.reduce(squares) { $0 + $1 * $1 }
                }
                let scale = squares > 0 ? info.norm / squares.squareRoot() : 0
                try Self.forEachPiece(of: tensors, seed: seed) { tensor, piece in
                    try writer.append(piece.map { Float($0 * scale) }, to: tensor.name)
                }
            }
            try writer.finish()
            return info
        }

        /// Normal deviates for every element, by Box and Muller's transform.
        private static func forEachPiece(
            of tensors: [TensorInfo], seed: UInt64, _ body: (TensorInfo, [Double]) throws -> Void
        ) rethrows {
            var generator = SeededGenerator(seed: seed)
            for tensor in tensors {
                var left = tensor.elementCount
                while left > 0 {
                    let count = min(left, 1 << 16)
                    var piece: [Double] = []
                    piece.reserveCapacity(count + 1)
                    while piece.count < count {
                        // In (0, 1], so that the logarithm is finite.
                        let radius = (-2 * log(Double(generator.next() >> 11 + 1) * 0x1p-53)).squareRoot()
                        let angle = 2 * Double.pi * Double(generator.next() >> 11) * 0x1p-53
                        piece.append(radius * cos(angle))
                        piece.append(radius * sin(angle))
                    }
                    if piece.count > count { piece.removeLast() }
                    try body(tensor, piece)
                    left -= count
                }
            }
        }
    }
#endif
