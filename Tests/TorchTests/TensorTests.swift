#if Torch
    import Testing
    import TestSupport

    @testable import Torch

    // One after another: the leak test counts the tensors of the whole process.
    @Suite("libtorch", .serialized)
    struct LibtorchTests {}

    extension LibtorchTests {
        @Suite("Tensors", .serialized)
        struct TensorTests {
            @Test("Elements survive the way in and out", arguments: [DType.float32, .float64, .bfloat16, .float16])
            func roundTrip(dtype: DType) throws {
                let values: [Float] = [0, 1, -2, 0.5, 96, -0.125]
                let tensor = try Tensor(values, shape: [2, 3]).to(dtype)
                #expect(tensor.shape == [2, 3])
                #expect(tensor.dtype == dtype)
                #expect(try tensor.floats() == values)
                #expect(try tensor.transposed(0, 1).floats() == [0, 0.5, 1, 96, -2, -0.125])
            }

            @Test("A failure names the operation and the shapes")
            func failureNamesShapes() throws {
                let a = try Tensor.zeros([2, 3])
                let b = try Tensor.zeros([4, 5], dtype: .float64)
                let error = #expect(throws: TorchError.self) { try a.matmul(b) }
                #expect(error?.kind == .failed)
                #expect(error?.description.contains("matmul of float32[2, 3], float64[4, 5]") == true)
                #expect(throws: TorchError.self) { try a.narrow(0, start: 1, length: 5) }
                #expect(throws: TorchError.self) { try a.reshaped([7]) }
                #expect(throws: TorchError.self) { try Tensor([Float](repeating: 0, count: 3), shape: [2, 2]) }
                #expect(throws: TorchError.self) { try a.item() }
            }

            @Test("Memory that is not there is an error")
            func outOfMemory() throws {
                let error = #expect(throws: TorchError.self) { try Tensor.empty([1 << 30, 1 << 20]) }
                #expect(error?.kind == .outOfMemory)
            }

            @Test("Devices are chosen at run time")
            func devices() throws {
                #expect(try Device(argument: "cpu") == .cpu)
                #expect(throws: TorchError.self) { try Device(argument: "cuda:4096") }
                #expect(throws: TorchError.self) { try Device(argument: "gpu") }
                if TorchRuntime.isCUDAAvailable {
                    let tensor = try Tensor([1, 2] as [Float]).to(Device(argument: "cuda"))
                    #expect(try tensor.adding(1).floats() == [2, 3])
                }
            }

            @Test("No tensor outlives its last reference, whatever fails in between")
            func leaks() throws {
                let before = TorchRuntime.liveTensorCount
                for seed in UInt64(0)..<50 {
                    var generator = SplitMix64(seed: seed)
                    let x = try Tensor(
                        (0..<12).map { _ in Float.random(in: -1...1, using: &generator) }, shape: [3, 4])
                    let w = try Tensor((0..<8).map { _ in Float.random(in: -1...1, using: &generator) }, shape: [2, 4])
                    try w.setRequiresGrad(true)
                    let loss = try x.linear(w).silu().sum()
                    _ = try Autograd.gradients(of: loss, withRespectTo: [w])
                    _ = try x.topk(2)
                    _ = try? x.matmul(w)
                    _ = try? x.topk(9)
                    _ = try? Autograd.gradients(of: loss, withRespectTo: [w])
                    _ = try? Tensor([Float](repeating: 0, count: 3), shape: [2, 2])
                    _ = try ForwardMode.withDualLevel { level in
                        try level.unpack(level.makeDual(x, x).exp()).tangent?.floats()
                    }
                }
                #expect(TorchRuntime.liveTensorCount == before)
            }
        }

    }
    extension LibtorchTests {
        @Suite("Derivatives", .serialized)
        struct DerivativeTests {
            /// f(x) = Σ log softmax(x·silu(x)) at a few places, in float64.
            static func function(_ x: Tensor) throws -> Tensor {
                try x.multiplied(by: x.silu()).logSoftmax().squared().sum()
            }

            @Test("Backward and forward mode agree with the difference quotient", arguments: [1, 2, 3] as [UInt64])
            func agree(seed: UInt64) throws {
                var generator = SplitMix64(seed: seed)
                let point = (0..<6).map { _ in Double.random(in: -2...2, using: &generator) }
                let direction = (0..<6).map { _ in Double.random(in: -1...1, using: &generator) }
                let x = try Tensor(point, shape: [2, 3])
                let v = try Tensor(direction, shape: [2, 3])
                let step = 1e-5
                let up = try Self.function(x.adding(v, scaledBy: step)).item()
                let down = try Self.function(x.adding(v, scaledBy: -step)).item()
                let quotient = (up - down) / (2 * step)

                let leaf = try Tensor(point, shape: [2, 3])
                try leaf.setRequiresGrad(true)
                let gradient = try Autograd.gradients(of: Self.function(leaf), withRespectTo: [leaf])[0]
                let backward = try gradient.multiplied(by: v).sum().item()
                let forward = try ForwardMode.withDualLevel { level in
                    try Autograd.noGrad { try level.unpack(Self.function(level.makeDual(x, v))).tangent?.item() }
                }
                #expect(abs(backward - quotient) < 1e-7 * (1 + abs(quotient)), "seed \(seed)")
                #expect(abs((forward ?? .nan) - backward) < 1e-12 * (1 + abs(backward)), "seed \(seed)")
            }

            @Test("Forward mode inside forward mode is refused")
            func nested() throws {
                let inner = try ForwardMode.withDualLevel { _ in try? ForwardMode.withDualLevel { _ in 1 } }
                #expect(inner == nil)
                let value = try ForwardMode.withDualLevel { _ in 1 }
                #expect(value == 1)
            }

            @Test("Nothing is recorded inside noGrad, and the mode comes back")
            func noGrad() throws {
                let x = try Tensor([1, 2] as [Float])
                try x.setRequiresGrad(true)
                #expect(try Autograd.noGrad { try x.adding(1).requiresGrad } == false)
                _ = try? Autograd.noGrad { try x.reshaped([9]) }
                #expect(try x.adding(1).requiresGrad)
            }
        }
    }
#endif
