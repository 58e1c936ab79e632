#if Torch
    import TrainingExamples

    /// Examples side by side, padded on the right, with the places where the loss is taken.
    package struct TokenBatch {
        /// The number of examples.
        package let rows: Int
        /// The number of positions: the longest example's tokens without the last, which predicts nothing.
        package let width: Int
        /// rows × width ids. Padding comes after everything that counts and attention looks back only, so any id will do.
        package let inputs: [Int64]
        /// Indices into rows · width of the positions that predict a token that counts.
        package let positions: [Int64]
        /// The tokens that they predict.
        package let targets: [Int64]
        /// Tokens of the examples, padding not counted.
        package let tokenCount: Int

        /// - Parameters:
        ///   - examples: The examples, at least one.
        ///   - loss: Which tokens count.
        package init(_ examples: [TokenizedExample], loss: TrainingOptions.Loss) {
            rows = examples.count
            let width = max(1, (examples.map(\.count).max() ?? 1) - 1)
            var inputs = [Int64](repeating: 0, count: rows * width)
            var positions: [Int64] = []
            var targets: [Int64] = []
            for (row, example) in examples.enumerated() {
                let tokens = example.tokens
                let first = loss == .all ? 1 : max(1, example.prompt.count)
                for i in 0..<max(1, tokens.count - 1) where i < tokens.count {
                    inputs[row * width + i] = Int64(tokens[i])
                }
                for i in first..<max(first, tokens.count) {
                    positions.append(Int64(row * width + i - 1))
                    targets.append(Int64(tokens[i]))
                }
            }
            self.width = width
            self.inputs = inputs
            self.positions = positions
            self.targets = targets
            tokenCount = examples.reduce(0) { $0 + $1.count }
        }
    }
#endif
