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

    private let teacher: FusedDecoder
    private let copies: FusedDecoder
    private let batch: Int

    init(_ workload: Workload, batch: Int) throws {
        teacher = try FusedDecoder(models: [workload.teacher], slots: 1, capacity: 1)
        copies = try FusedDecoder(models: [workload.pair.plus, workload.pair.minus], slots: 1, capacity: 1)
        self.batch = batch
    }

    /// The products as the decoder computes them, teacher and copies in turn as in a step.
    func measure(seconds: Double) throws -> Timing {
        var (first, second): ([Double], [Double]) = ([], [])
        let start = ContinuousClock.now
        repeat {
            let a = ContinuousClock.now
            try teacher.runProducts(rows: batch, headRows: batch)
            let b = ContinuousClock.now
            try copies.runProducts(rows: batch, headRows: 0)
            let c = ContinuousClock.now
            first.append((b - a).seconds * 1e6)
            second.append((c - b).seconds * 1e6)
        } while first.count < 5 || (ContinuousClock.now - start).seconds < seconds
        return Timing(teacher: median(first), copies: median(second))
    }
}

/// The same products as `torch.nn.functional.linear` computes them, matrix by matrix, on the checkpoint's layout.
struct LibraryFloor {
    private let teacher: [(weight: Tensor, input: Tensor)]
    private let copies: [(weight: Tensor, input: Tensor)]

    init(_ workload: Workload, batch: Int) throws {
        teacher = try Self.products(workload.teacher, batch: batch, hasHead: true)
        copies = try [workload.pair.plus, workload.pair.minus].flatMap {
            try Self.products($0, batch: batch, hasHead: false)
        }
    }

    private static func products(
        _ model: DecoderModel, batch: Int, hasHead: Bool
    ) throws -> [(weight: Tensor, input: Tensor)] {
        var weights = try model.parameterNames.filter { $0.hasSuffix("_proj.weight") }.map(model.parameter)
        if hasHead { weights.append(try model.headWeight) }
        return try weights.map { ($0, try Tensor.full([batch, $0.size(1)], value: 0.5)) }
    }

    func measure(seconds: Double) throws -> Floor.Timing {
        var (first, second): ([Double], [Double]) = ([], [])
        let start = ContinuousClock.now
        try Autograd.noGrad {
            repeat {
                let a = ContinuousClock.now
                for (weight, input) in teacher { _ = try input.linear(weight) }
                let b = ContinuousClock.now
                for (weight, input) in copies { _ = try input.linear(weight) }
                let c = ContinuousClock.now
                first.append((b - a).seconds * 1e6)
                second.append((c - b).seconds * 1e6)
            } while first.count < 5 || (ContinuousClock.now - start).seconds < seconds
        }
        return Floor.Timing(teacher: median(first), copies: median(second))
    }
}
