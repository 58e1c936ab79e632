#if Torch
    import Antidistillation
    import Foundation
    import Generation
    import Torch
    import TorchModels

    /// Δ by central differences, (log p(v; θ + εg) − log p(v; θ − εg))/2ε, while texts grow.
    ///
    /// In float32 on the CPU both copies are computed in one pass. Not safe for use from several threads at once.
    public final class CentralDifferenceSession: DirectionalDerivativeSession {
        /// How the two copies are computed. The values are the same up to rounding.
        public enum Passes: String, Hashable, Sendable, CaseIterable {
            /// Both in one pass where the fused decoder runs them, in float32 on the CPU; elsewhere `generic`.
            case together
            /// One after the other on the fused decoder, to see what one pass saves; elsewhere `generic`.
            case separate
            /// One after the other by single tensor operations, on any device and in any type.
            case generic
        }

        private let decoder: any PairDecoder
        private let scale: Double

        /// - Parameters:
        ///   - pair: The perturbed copies.
        ///   - slots: Sequences at once.
        ///   - capacity: Tokens per sequence.
        ///   - passes: How the two copies are computed.
        /// - Throws: `ModelError` or `TorchError`.
        public init(_ pair: PerturbedPair, slots: Int, capacity: Int, passes: Passes = .together) throws {
            scale = 0.5 / pair.epsilon
            let groups = passes == .together ? [[pair.plus, pair.minus]] : [[pair.plus], [pair.minus]]
            decoder =
                passes != .generic && FusedWeights.supports(pair.plus)
                ? try FusedPairDecoder(groups, slots: slots, capacity: capacity)
                : try GenericPairDecoder(pair, slots: slots, capacity: capacity)
        }

        /// Δ after each chunk; see `DirectionalDerivativeSession`.
        ///
        /// - Throws: `ModelError` for tokens that do not fit, `TorchError`.
        public func extend(_ chunks: [DecodingChunk], candidates: [[Int32]]) throws -> [[Float]] {
            guard !chunks.isEmpty else { return [] }
            if candidates.contains(where: \.isEmpty) {
                // Absolute values need whole rows for their normalisers.
                let rows = try decoder.logProbabilityDifferences(chunks, scale: scale)
                return select(candidates, from: rows)
            }
            return try decoder.logitDifferences(chunks, candidates: candidates, scale: scale)
        }

        /// Forgets a slot's sequence.
        public func reset(slot: Int) {
            decoder.reset(slot: slot)
        }
    }

    /// Each row's candidates out of whole rows; the whole row where the list is empty.
    func select(_ candidates: [[Int32]], from rows: [[Float]]) -> [[Float]] {
        zip(candidates, rows).map { wanted, row in
            wanted.isEmpty ? row : wanted.map { row.indices.contains(Int($0)) ? row[Int($0)] : .nan }
        }
    }

    /// The two copies while texts grow; what it returns is multiplied by `scale`.
    private protocol PairDecoder: AnyObject {
        /// log p(v; θ + εg) − log p(v; θ − εg) for every token v, per chunk.
        func logProbabilityDifferences(_ chunks: [DecodingChunk], scale: Double) throws -> [[Float]]
        /// The same for some tokens, up to a constant per chunk.
        func logitDifferences(
            _ chunks: [DecodingChunk], candidates: [[Int32]], scale: Double
        ) throws -> [[Float]]
        func reset(slot: Int)
    }

    /// Both copies on the fused decoder, in one pass or in two.
    private final class FusedPairDecoder: PairDecoder {
        private let decoders: [FusedDecoder]
        private var logits: [LogitsMatrix]

        /// - Parameter groups: The models of each pass.
        init(_ groups: [[DecoderModel]], slots: Int, capacity: Int) throws {
            decoders = try groups.map { try FusedDecoder(models: $0, slots: slots, capacity: capacity) }
            logits = groups.map { _ in LogitsMatrix() }
        }

        func logProbabilityDifferences(_ chunks: [DecodingChunk], scale: Double) throws -> [[Float]] {
            for (index, decoder) in decoders.enumerated() { try decoder.extend(chunks, into: &logits[index]) }
            // The lower copy's rows come after the upper one's, or are another matrix.
            let (first, last) = (logits[0], logits[logits.count - 1])
            let start = last.rows - chunks.count
            return chunks.indices.map { row in
                first.withRow(row) { above in
                    last.withRow(start + row) { below in
                        let offset = Self.logSumExp(above) - Self.logSumExp(below)
                        return zip(above, below).map { Float((Double($0) - Double($1) - offset) * scale) }
                    }
                }
            }
        }

        func logitDifferences(
            _ chunks: [DecodingChunk], candidates: [[Int32]], scale: Double
        ) throws -> [[Float]] {
            let values = try decoders.flatMap { try $0.extend(chunks, candidates: candidates) }
            let half = values.count / 2
            var next = 0
            return candidates.map { wanted in
                defer { next += wanted.count }
                return (next..<next + wanted.count).map {
                    Float((Double(values[$0]) - Double(values[half + $0])) * scale)
                }
            }
        }

        func reset(slot: Int) {
            for decoder in decoders { decoder.reset(slot: slot) }
        }

        private static func logSumExp(_ row: UnsafeBufferPointer<Float>) -> Double {
            guard let largest = row.max() else { return 0 }
            let shift = Double(largest)
            return shift + log(row.reduce(0) { $0 + exp(Double($1) - shift) })
        }
    }

    /// One copy after the other, on any device and in any type.
    private final class GenericPairDecoder: PairDecoder {
        private let plus: GenericSession
        private let minus: GenericSession
        private let model: DecoderModel

        init(_ pair: PerturbedPair, slots: Int, capacity: Int) throws {
            plus = try GenericSession(pair.plus, slots: slots, capacity: capacity)
            minus = try GenericSession(pair.minus, slots: slots, capacity: capacity)
            model = pair.plus
        }

        func logProbabilityDifferences(_ chunks: [DecodingChunk], scale: Double) throws -> [[Float]] {
            let full = try difference(chunks, scale) { try $0.logits(fromHidden: $1).to(.float64).logSoftmax() }
            return fullRows(full, count: chunks.count)
        }

        func logitDifferences(
            _ chunks: [DecodingChunk], candidates: [[Int32]], scale: Double
        ) throws -> [[Float]] {
            let projection = try RestrictedProjection(candidates, model: model)
            return projection.rows(try difference(chunks, scale) { try projection.logits($1, model: $0) })
        }

        func reset(slot: Int) {
            plus.reset(slot: slot)
            minus.reset(slot: slot)
        }

        private func difference(
            _ chunks: [DecodingChunk], _ scale: Double, _ scores: (DecoderModel, Tensor) throws -> Tensor
        ) throws -> [Float] {
            let above = try plus.extend(chunks) { try scores($0.model, $0.hidden) }
            let below = try minus.extend(chunks) { try scores($0.model, $0.hidden) }
            return try above.subtracting(below).to(.float64).multiplied(by: scale).to(.float32).floats()
        }
    }
#endif
