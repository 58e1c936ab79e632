#if Torch
    import Torch
    import TorchModels

    /// Two copies of a proxy, θ + εg and θ − εg, whose difference gives derivatives along g (Savani et al. 2025, equation 5).
    public struct PerturbedPair {
        /// θ + εg.
        public let plus: DecoderModel
        /// θ − εg.
        public let minus: DecoderModel
        /// ε, in units of g.
        public let epsilon: Double
        /// How far half the copies' difference is from εg, relative to its norm.
        public let deviation: Double

        /// ε·‖g‖ unless another is given: in float32 Δ is then right to 0.3 % or better.
        public static let defaultStep = 1e-2
        /// The largest ``deviation`` allowed.
        public static let largestDeviation = 0.05

        /// - Parameters:
        ///   - model: The proxy.
        ///   - gradient: g.
        ///   - step: ε·‖g‖.
        ///   - dtype: The type of the copies; nil for float64 if the proxy has that, else float32.
        /// - Throws: ``GradientError`` where rounding moves the copies by more than 5 % of the perturbation, as it always
        ///   does in bfloat16; `TorchError`, `ModelError`.
        public init(
            _ model: DecoderModel, gradient: ProxyGradient, step: Double = defaultStep, dtype: DType? = nil
        ) throws {
            guard step > 0, step.isFinite else {
                throw GradientError(nil, .invalidOption("the step of central differences must be above 0, not \(step)"))
            }
            guard gradient.norm > 0 else {
                throw GradientError(nil, .invalidOption("a gradient of norm 0 has no direction"))
            }
            let target = dtype ?? (model.dtype == .float64 ? .float64 : .float32)
            let epsilon = step / gradient.norm
            var raised: [String: Tensor] = [:]
            var lowered: [String: Tensor] = [:]
            var errors = 0.0
            for name in model.parameterNames {
                let g = try gradient.tensor(name)
                // At least in single precision, so that only the last rounding can lose the perturbation.
                let exact: DType = model.dtype == .float64 ? .float64 : .float32
                let theta = try model.parameter(name).detach().to(exact)
                let up = try theta.adding(g.to(exact), scaledBy: epsilon).to(target)
                let down = try theta.adding(g.to(exact), scaledBy: -epsilon).to(target)
                let difference = try up.to(.float64).subtracting(down.to(.float64)).multiplied(by: 0.5)
                errors += try difference.adding(g.to(.float64), scaledBy: -epsilon).squared().sum().item()
                raised[name] = up
                lowered[name] = down
            }
            let deviation = errors.squareRoot() / step
            guard deviation <= Self.largestDeviation else {
                throw GradientError(nil, .roundedAway(dtype: target.rawValue, deviation: deviation))
            }
            plus = try model.replacing(raised)
            minus = try model.replacing(lowered)
            self.epsilon = epsilon
            self.deviation = deviation
        }
    }
#endif
