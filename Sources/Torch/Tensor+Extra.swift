#if Torch
    import CTorch

    // Operations added as they were needed.
    extension Tensor {
        /// One step of AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101) with the arithmetic of PyTorch's.
        ///
        /// - Parameters:
        ///   - parameters: Changed in place, as are `means` and `squares`, all of one element type and device.
        ///   - gradients: One for each parameter, of its shape.
        ///   - means: Running means of the gradients, zeros before the first step.
        ///   - squares: Running means of the squared gradients, zeros before the first step.
        ///   - step: The number of the step, from 1, for the correction of the means' bias.
        ///   - rate: The learning rate.
        ///   - beta1: Decay of `means`.
        ///   - beta2: Decay of `squares`.
        ///   - decay: The parameters are first multiplied by 1 − rate · decay.
        ///   - epsilon: Added to the root of `squares`.
        package static func adamWInPlace(
            _ parameters: [Tensor], gradients: [Tensor], means: [Tensor], squares: [Tensor], step: Int, rate: Double,
            beta1: Double, beta2: Double, decay: Double, epsilon: Double
        ) throws(TorchError) {
            guard [gradients.count, means.count, squares.count].allSatisfy({ $0 == parameters.count }) else {
                throw TorchError(kind: .failed, operation: "adamw", message: "lists of different lengths")
            }
            let status = withHandles(parameters) { p, count in
                withHandles(gradients) { g, _ in
                    withHandles(means) { m, _ in
                        withHandles(squares) { s, _ in
                            ct_adamw_in_place(
                                p, g, m, s, count, Int64(step), rate, beta1, beta2, decay, epsilon)
                        }
                    }
                }
            }
            if status != CT_OK { throw failure(status, "adamw", Array(parameters.prefix(1))) }
        }

        /// Scales tensors in place so that their norm together is at most `maximum`, 0 for no limit, as PyTorch's
        /// `clip_grad_norm_` does; tensors whose norm is not finite stay as they are.
        ///
        /// - Returns: The norm before.
        package static func clipNormInPlace(_ tensors: [Tensor], maximum: Double) throws(TorchError) -> Double {
            var norm = 0.0
            let status = withHandles(tensors) { ct_clip_norm_in_place($0, $1, maximum, &norm) }
            if status != CT_OK { throw failure(status, "clip_grad_norm_", Array(tensors.prefix(1))) }
            return norm
        }
    }
#endif
