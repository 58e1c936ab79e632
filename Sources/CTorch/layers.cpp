#ifdef DENATURE_TORCH

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/forward_grad.h>

#include <mutex>

#include "shim.h"

using namespace ctorch;

namespace {

std::optional<at::Tensor> optional(ct_tensor handle) {
    return handle == nullptr ? std::optional<at::Tensor>() : std::optional<at::Tensor>(unwrap(handle));
}

}  // namespace

ct_status ct_linear(ct_tensor x, ct_tensor weight, ct_tensor bias, ct_tensor *out) {
    return produce(out, [&] { return at::linear(unwrap(x), unwrap(weight), optional(bias)); });
}

ct_status ct_rms_norm(ct_tensor x, ct_tensor weight, double epsilon, ct_tensor *out) {
    return produce(out, [&] {
        const at::Tensor &scale = unwrap(weight);
        return at::rms_norm(unwrap(x), scale.sizes(), scale, epsilon);
    });
}

ct_status ct_attention(
    ct_tensor q, ct_tensor k, ct_tensor v, ct_tensor mask, bool causal, double scale, bool grouped, ct_tensor *out) {
    return produce(out, [&] {
        return at::scaled_dot_product_attention(
            unwrap(q), unwrap(k), unwrap(v), optional(mask), /*dropout_p=*/0.0, causal,
            scale < 0 ? std::optional<double>() : std::optional<double>(scale), grouped);
    });
}

ct_status ct_cross_entropy(ct_tensor logits, ct_tensor targets, int64_t ignored, int32_t reduction, ct_tensor *out) {
    return produce(out, [&] {
        return at::cross_entropy_loss(unwrap(logits), unwrap(targets), {}, reduction, ignored);
    });
}

bool ct_requires_grad(ct_tensor a) { return unwrap(a).requires_grad(); }

ct_status ct_set_requires_grad(ct_tensor a, bool value) {
    return perform([&] { unwrap(a).set_requires_grad(value); });
}

bool ct_set_grad_mode(bool enabled) {
    const bool before = c10::GradMode::is_enabled();
    c10::GradMode::set_enabled(enabled);
    return before;
}

ct_status ct_gradients(ct_tensor output, const ct_tensor *inputs, int32_t count, bool allow_unused, ct_tensor *outs) {
    for (int32_t i = 0; i < count; ++i) outs[i] = nullptr;
    return perform([&] {
        auto found = torch::autograd::grad(
            {unwrap(output)}, list(inputs, count), /*grad_outputs=*/{}, /*retain_graph=*/std::nullopt,
            /*create_graph=*/false, allow_unused);
        for (int32_t i = 0; i < count; ++i) {
            if (found[i].defined()) outs[i] = wrap(found[i]);
        }
    });
}

ct_status ct_backward(ct_tensor output) {
    return perform([&] { torch::autograd::backward({unwrap(output)}); });
}

ct_status ct_grad(ct_tensor leaf, ct_tensor *out) {
    *out = nullptr;
    return perform([&] {
        const at::Tensor &gradient = unwrap(leaf).grad();
        if (gradient.defined()) *out = wrap(gradient);
    });
}

// libtorch has one forward level per process; a second thread waits for it, the same thread cannot.
static std::mutex dual_level_owner;
static thread_local bool owns_dual_level = false;

ct_status ct_dual_enter(int64_t *level) {
    return perform([&] {
        TORCH_CHECK(!owns_dual_level, "forward mode cannot be nested");
        dual_level_owner.lock();
        owns_dual_level = true;
        try {
            *level = static_cast<int64_t>(torch::autograd::ForwardADLevel::get_next_idx());
        } catch (...) {
            owns_dual_level = false;
            dual_level_owner.unlock();
            throw;
        }
    });
}

ct_status ct_dual_exit(int64_t level) {
    const ct_status status =
        perform([&] { torch::autograd::ForwardADLevel::release_idx(static_cast<uint64_t>(level)); });
    if (owns_dual_level) {
        owns_dual_level = false;
        dual_level_owner.unlock();
    }
    return status;
}

ct_status ct_make_dual(ct_tensor primal, ct_tensor tangent, int64_t level, ct_tensor *out) {
    return produce(out, [&] { return at::_make_dual(unwrap(primal), unwrap(tangent), level); });
}

ct_status ct_unpack_dual(ct_tensor dual, int64_t level, ct_tensor *primal, ct_tensor *tangent) {
    *primal = nullptr;
    *tangent = nullptr;
    return perform([&] {
        auto parts = at::_unpack_dual(unwrap(dual), level);
        *primal = wrap(std::get<0>(parts));
        if (std::get<1>(parts).defined()) *tangent = wrap(std::get<1>(parts));
    });
}

#endif
