#if Torch
    import Torch
    import TorchModels

    /// The output projection of only those tokens whose scores are wanted.
    ///
    /// One product serves all rows: of every row's hidden state with the output rows of all rows' tokens.
    struct RestrictedProjection {
        /// int64 [C]: the tokens of all rows, each once, in order of first appearance.
        private let tokens: Tensor
        /// For each row where its tokens are among the C.
        private let columns: [[Int]]
        private let count: Int

        /// - Parameters:
        ///   - candidates: For each row its tokens.
        ///   - model: Whose vocabulary and device count.
        init(_ candidates: [[Int32]], model: DecoderModel) throws {
            var places: [Int32: Int] = [:]
            var union: [Int64] = []
            columns = candidates.map { row in
                row.map { token in
                    if let place = places[token] { return place }
                    places[token] = union.count
                    union.append(Int64(token))
                    return union.count - 1
                }
            }
            for token in union where token < 0 || token >= model.vocabularySize {
                throw ModelError(nil, .tokenOutOfRange(token: Int(token), vocabulary: model.vocabularySize))
            }
            count = union.count
            tokens = try Tensor(union, shape: [union.count]).to(model.device)
        }

        /// Hidden states [n, d] → scores of the C tokens, [n, C]; dual where the model or the states are.
        func logits(_ hidden: Tensor, model: DecoderModel) throws -> Tensor {
            if !model.adapters.isEmpty { return try model.logits(fromHidden: hidden).indexSelect(1, tokens) }
            return try model.capped(hidden.linear(model.headWeight.indexSelect(0, tokens)))
        }

        /// Each row's own values out of [n, C].
        func rows(_ values: [Float]) -> [[Float]] {
            columns.enumerated().map { row, columns in columns.map { values[row * count + $0] } }
        }
    }

    /// The rows of [n, V].
    func fullRows(_ values: [Float], count: Int) -> [[Float]] {
        guard count > 0 else { return [] }
        let width = values.count / count
        return (0..<count).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
    }
#endif
