import Foundation

extension PoissonBinomial {
    /// The sum by discrete Fourier inversion of the tilted characteristic function.
    ///
    /// P_θ(j) = (1/N) Σ_m φ_θ(2πm/N) e^{−2πi jm/N} holds exactly on N consecutive counts up to the mass outside them,
    /// which Bernstein's inequality puts below e^−50. The weighted tail Σ_l e^{−|θ|l} P_θ(k ± l) is then a geometric sum
    /// in closed form at each frequency. |φ_θ| falls like exp(−σ²t²/2), so some forty frequencies suffice at any size.
    func logInverted(_ k: Int, _ side: Side, _ tilt: Tilt) -> Double {
        let logMass = 50.0
        // One more than the bound: the tilted mean is k up to the solver's tolerance.
        let halfWidth =
            (logMass / 3 + (logMass * logMass / 9 + 2 * logMass * tilt.variance).squareRoot()).rounded(.up) + 1
        let size = 2 * halfWidth + 1
        let last = side == .point ? 0 : halfWidth

        // ln M(θ) − θk = −Σ cᵢ KL(p̃ᵢ‖pᵢ) + θ(μ̃ − k): the divergences are positive and nothing cancels.
        var divergence = 0.0
        var meanError = -excess(k)
        for group in tilt.groups {
            meanError += group.count * group.shift
            divergence +=
                group.count
                * (SaddlePoint.deviance(group.hit, mean: group.probability, difference: group.shift)
                    + SaddlePoint.deviance(group.miss, mean: 1 - group.probability, difference: -group.shift))
        }

        let decay = abs(tilt.theta)
        let direction = side == .lower ? -1.0 : 1.0
        var sum = decay == 0 ? last + 1 : expm1(-decay * (last + 1)) / expm1(-decay)
        var m = 1.0
        while m <= halfWidth {
            let t = 2 * Double.pi * m / size
            // φ_θ(t) e^{−itk}, its phase counted from the tilted mean.
            var logModulus = 0.0
            var phase = meanError * t
            let half = sin(t / 2)
            let haversine = half * half
            for group in tilt.groups {
                logModulus += 0.5 * group.count * log1p(-4 * group.hit * group.miss * haversine)
                // The rarer outcome has the smaller phase to subtract from; the other's is its negative.
                let rare = min(group.hit, group.miss)
                let lag = atan2(rare * sin(t), 1 - 2 * rare * haversine) - rare * t
                phase += group.hit <= group.miss ? group.count * lag : -group.count * lag
            }
            if logModulus < -logMass { break }
            sum += 2 * exp(logModulus) * Self.realPart(phase, direction * t, decay, last, haversine)
            m += 1
        }
        return -divergence + tilt.theta * meanError + log(sum / size)
    }

    /// Re e^{iψ} Σ_{l=0}^{last} e^{−(decay + it)l} = Re e^{iψ} (1 − e^{−(decay + it)(last + 1)})/(1 − e^{−(decay + it)}).
    private static func realPart(
        _ phase: Double, _ t: Double, _ decay: Double, _ last: Double, _ haversine: Double
    ) -> Double {
        guard last > 0 else { return cos(phase) }
        let factor = exp(-decay)
        let real = -expm1(-decay) + 2 * factor * haversine
        let imaginary = factor * sin(t)
        let endFactor = exp(-decay * (last + 1))
        let endReal = 1 - endFactor * cos(t * (last + 1))
        let endImaginary = endFactor * sin(t * (last + 1))
        let norm = real * real + imaginary * imaginary
        let quotientReal = (endReal * real + endImaginary * imaginary) / norm
        let quotientImaginary = (endImaginary * real - endReal * imaginary) / norm
        return cos(phase) * quotientReal - sin(phase) * quotientImaginary
    }
}
