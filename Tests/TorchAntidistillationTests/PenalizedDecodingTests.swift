#if Torch
    import Antidistillation
    import Generation
    import Testing
    import Torch
    import TorchAntidistillation
    import TorchModels

    @Suite("Decoding with the penalty on small models")
    struct PenalizedDecodingTests {
        enum Derivative: CaseIterable {
            case exact, central, separateCentral, genericCentral
        }

        let teacher: DecoderModel
        let proxy: DecoderModel
        let gradient: ProxyGradient

        init() throws {
            teacher = try TinyProxy.model(.qwen3, seed: 21)
            proxy = try TinyProxy.model(.llama, seed: 22)
            gradient = try TinyProxy.gradient(proxy, examples: TinyProxy.examples(10))
        }

        func requests(_ count: Int, tokens: Int) -> [GenerationRequest] {
            TinyProxy.examples(count, seed: 30).enumerated().map { index, example in
                GenerationRequest(
                    prompt: example.prompt, seed: UInt64(index), maxNewTokens: 1 + index % tokens, stopTokens: [0])
            }
        }

        func tokens(
            _ requests: [GenerationRequest], _ derivative: Derivative, strength: Double = 0.5, slots: Int,
            isLazy: Bool = true, isRestricted: Bool = true, order: PenaltyOrder = .truncated, temperature: Double = 0.7
        ) throws -> [[Int32]] {
            let session: any DirectionalDerivativeSession =
                switch derivative {
                case .exact: try ExactDerivativeSession(proxy, gradient: gradient, slots: slots, capacity: 40)
                case .central:
                    try CentralDifferenceSession(
                        PerturbedPair(proxy, gradient: gradient), slots: slots, capacity: 40)
                case .separateCentral:
                    try CentralDifferenceSession(
                        PerturbedPair(proxy, gradient: gradient), slots: slots, capacity: 40, passes: .separate)
                case .genericCentral:
                    try CentralDifferenceSession(
                        PerturbedPair(proxy, gradient: gradient), slots: slots, capacity: 40, passes: .generic)
                }
            let processor = try AntidistillationLogitsProcessor(
                session: session, gradientNorm: gradient.norm, vocabulary: .identity(size: 24),
                options: .init(
                    strength: .scaleFree(strength), order: order, exempt: [0], isLazy: isLazy,
                    isRestricted: isRestricted))
            let warpers: [any LogitsProcessor] = [
                try TemperatureLogitsWarper(temperature), try TopKLogitsWarper(8), try TopPLogitsWarper(0.8),
            ]
            let processors: [any LogitsProcessor] = order == .reference ? [processor] + warpers : warpers + [processor]
            return try GenerationLoop(model: teacher, processors: processors, slots: slots).generate(requests)
                .map(\.tokens)
        }

        func plain(_ requests: [GenerationRequest], slots: Int) throws -> [[Int32]] {
            let warpers: [any LogitsProcessor] = [
                try TemperatureLogitsWarper(0.7), try TopKLogitsWarper(8), try TopPLogitsWarper(0.8),
            ]
            return try GenerationLoop(model: teacher, processors: warpers, slots: slots).generate(requests)
                .map(\.tokens)
        }

        @Test("λ = 0 is plain sampling token for token", arguments: Derivative.allCases)
        func zeroStrength(derivative: Derivative) throws {
            let requests = requests(60, tokens: 12)
            let expected = try plain(requests, slots: 8)
            #expect(try tokens(requests, derivative, strength: 0, slots: 8) == expected)
            #expect(try tokens(requests, derivative, slots: 8) != expected)
        }

        @Test("A thousand sequences are the same tokens in batches of different sizes")
        func batchIndependence() throws {
            let requests = requests(1000, tokens: 10)
            let small = try tokens(requests, .central, slots: 3)
            let large = try tokens(requests, .central, slots: 48)
            #expect(small == large)
            #expect(small.count == 1000)
        }

        @Test("Lazy proxies give the tokens of proxies that read every one", arguments: Derivative.allCases)
        func lazy(derivative: Derivative) throws {
            let requests = requests(100, tokens: 12)
            // Cold enough that many steps leave one token.
            let lazy = try tokens(requests, derivative, slots: 8, temperature: 0.2)
            let eager = try tokens(requests, derivative, slots: 8, isLazy: false, temperature: 0.2)
            #expect(lazy == eager)
        }

        @Test("The restricted projection gives the tokens of the full one", arguments: Derivative.allCases)
        func restricted(derivative: Derivative) throws {
            let requests = requests(100, tokens: 12)
            let restricted = try tokens(requests, derivative, slots: 8)
            let full = try tokens(requests, derivative, slots: 8, isRestricted: false)
            #expect(restricted == full)
        }

        @Test("Exact and central derivatives give the same tokens, but for draws on an edge")
        func derivatives() throws {
            let requests = requests(100, tokens: 12)
            let exact = try tokens(requests, .exact, slots: 8)
            let central = try tokens(requests, .central, slots: 8)
            let same = zip(exact, central).count { $0 == $1 }
            #expect(same >= 97)
        }

        @Test("The reference order decodes with the whole vocabulary's derivatives")
        func referenceOrder() throws {
            let requests = requests(30, tokens: 8)
            let exact = try tokens(requests, .exact, slots: 4, order: .reference)
            let central = try tokens(requests, .central, slots: 4, order: .reference)
            #expect(zip(exact, central).count { $0 == $1 } >= 28)
            #expect(exact != (try plain(requests, slots: 4)))
        }
    }
#endif
