#ifdef DENATURE_TORCH

#include <c10/core/GradMode.h>

#include <cmath>

#include "shim.h"

using namespace ctorch;

ct_status ct_adamw_in_place(
    const ct_tensor *parameters, const ct_tensor *gradients, const ct_tensor *means, const ct_tensor *squares,
    int32_t count, int64_t step, double rate, double beta1, double beta2, double decay, double epsilon) {
    return perform([&] {
        if (count == 0) return;
        c10::NoGradGuard guard;
        const auto weights = list(parameters, count);
        // The kernel asks for the step as a tensor beside each parameter; all share one.
        const auto number = at::full({}, static_cast<double>(step), weights[0].options().dtype(at::kFloat));
        const std::vector<at::Tensor> steps(count, number);
        at::_fused_adamw_(
            weights, list(gradients, count), list(means, count), list(squares, count), {}, steps, rate, beta1, beta2,
            decay, epsilon, /*amsgrad=*/false, /*maximize=*/false);
    });
}

ct_status ct_clip_norm_in_place(const ct_tensor *tensors, int32_t count, double maximum, double *norm) {
    *norm = 0;
    return perform([&] {
        if (count == 0) return;
        c10::NoGradGuard guard;
        const auto all = list(tensors, count);
        *norm = at::linalg_vector_norm(at::stack(at::_foreach_norm(all))).item().toDouble();
        // The small term is PyTorch's.
        const double scale = maximum / (*norm + 1e-6);
        if (maximum > 0 && std::isfinite(*norm) && scale < 1) at::_foreach_mul_(all, scale);
    });
}

#endif
