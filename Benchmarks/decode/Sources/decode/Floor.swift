import DecodeInternals
import Generation
import Torch
import TorchModels

/// The matrix products of a step and nothing else: no norm, no attention, no sampling.
struct Floor {
    /// Microseconds of the teacher's products and of both copies' without output projection.
    struct Timing: Codable {
        var teacher: Double
        var copies: Double
        var sum: Double { teacher + copies }
    }

    private let teacher: DecoderProducts
    private let copies: DecoderProducts
    private let batch: Int

    init(_ workload: Workload, batch: Int) throws {
        teacher = try DecoderProducts([workload.teacher])
        copies = try DecoderProducts([workload.pair.plus, workload.pair.minus])
        self.batch = batch
    }

    /// The products as the decoder computes them, teacher and copies in turn as in a step.
    func measure(seconds: Double) throws -> Timing {
        var (first, second): ([Double], [Double]) = ([], [])
        let start = ContinuousClock.now
        repeat {
            let a = ContinuousClock.now
            try teacher.run(rows: batch, headRows: batch)
            let b = ContinuousClock.now
            try copies.run(rows: batch, headRows: 0)
            let c = ContinuousClock.now
            first.append((b - a).seconds * 1e6)
            second.append((c - b).seconds * 1e6)
        } while first.count < 5 || (ContinuousClock.now - start).seconds < seconds
        return Timing(teacher: median(first), copies: median(second))
    }
}

/// The matrix products of a step as libtorch computes them: those with the weights by `torch.nn.functional.linear`, matrix
/// by matrix on the checkpoint's layout, and attention's two with the cache by `torch.matmul`, at the length that the
/// caches have in the middle of a run. No norm, no softmax, no sampling.
struct LibraryFloor {
    /// Microseconds of the products with the weights and with the caches.
    struct Timing: Codable {
        var weights: Floor.Timing
        var caches: Floor.Timing
        var teacher: Double { weights.teacher + caches.teacher }
        var sum: Double { weights.sum + caches.sum }
    }

    /// One layer's products: queries with keys, then what stands for weights of the positions with values.
    private struct Attention {
        /// Batch, heads of keys, queries that share one, dimensions.
        let queries: Tensor
        /// Batch, heads, dimensions, positions.
        let keys: Tensor
        /// Batch, heads, positions, dimensions.
        let values: Tensor
    }

    private struct Products {
        var linear: [(weight: Tensor, input: Tensor)] = []
        var attention: [Attention] = []

        init(_ models: [DecoderModel], batch: Int, positions: Int, hasHead: Bool) throws {
            for model in models {
                var weights = try model.parameterNames.filter { $0.hasSuffix("_proj.weight") }.map(model.parameter)
                if hasHead { weights.append(try DecoderProducts.headWeight(of: model)) }
                linear += try weights.map { ($0, try Tensor.full([batch, $0.size(1)], value: 0.5)) }
                let shape = model.configuration
                attention += try (0..<shape.layers).map { _ in
                    try Attention(
                        queries: .full([batch, shape.kvHeads, shape.heads / shape.kvHeads, shape.headDim], value: 0.5),
                        keys: .full([batch, shape.kvHeads, shape.headDim, positions], value: 0.5),
                        values: .full([batch, shape.kvHeads, positions, shape.headDim], value: 0.5))
                }
            }
        }

        func runLinear() throws {
            for (weight, input) in linear { _ = try input.linear(weight) }
        }

        func runAttention() throws {
            for layer in attention { _ = try layer.queries.matmul(layer.keys).matmul(layer.values) }
        }
    }

    private let teacher: Products
    private let copies: Products

    init(_ workload: Workload, batch: Int) throws {
        let prompt = workload.prompts.map(\.count).max() ?? 1
        let positions = prompt + workload.newTokens / 2
        teacher = try Products([workload.teacher], batch: batch, positions: positions, hasHead: true)
        copies = try Products(
            [workload.pair.plus, workload.pair.minus], batch: batch, positions: positions, hasHead: false)
    }

    func measure(seconds: Double) throws -> Timing {
        let parts = [teacher.runLinear, teacher.runAttention, copies.runLinear, copies.runAttention]
        var taken = parts.map { _ in [Double]() }
        let start = ContinuousClock.now
        try Autograd.noGrad {
            repeat {
                for (i, part) in parts.enumerated() {
                    let before = ContinuousClock.now
                    try part()
                    taken[i].append((ContinuousClock.now - before).seconds * 1e6)
                }
            } while taken[0].count < 5 || (ContinuousClock.now - start).seconds < seconds
        }
        let medians = taken.map(median)
        return Timing(
            weights: .init(teacher: medians[0], copies: medians[2]),
            caches: .init(teacher: medians[1], copies: medians[3]))
    }
}
