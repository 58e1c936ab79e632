// What the C++ files of the shim share: ownership, and exceptions turned into a status and a message.
#ifndef CTORCH_SHIM_H
#define CTORCH_SHIM_H

#include <ATen/ATen.h>

#include <atomic>
#include <new>
#include <string>

#include "ctorch.h"

namespace ctorch {

inline std::atomic<int64_t> live_tensors{0};

std::string &last_error();

/// The status for the exception being handled, with its message kept for the calling thread.
ct_status report() noexcept;

inline at::Tensor &unwrap(ct_tensor handle) { return *reinterpret_cast<at::Tensor *>(handle); }

inline ct_tensor wrap(at::Tensor tensor) {
    auto *owned = new at::Tensor(std::move(tensor));
    live_tensors.fetch_add(1, std::memory_order_relaxed);
    return reinterpret_cast<ct_tensor>(owned);
}

inline std::vector<at::Tensor> list(const ct_tensor *handles, int32_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int32_t i = 0; i < count; ++i) tensors.push_back(unwrap(handles[i]));
    return tensors;
}

at::ScalarType scalar_type(ct_dtype dtype);
at::Device device(ct_device device);

/// Runs `body`, which returns a tensor for *out.
template <class Body> ct_status produce(ct_tensor *out, Body &&body) noexcept {
    try {
        *out = wrap(body());
        return CT_OK;
    } catch (...) {
        *out = nullptr;
        return report();
    }
}

/// Runs `body`, which changes its operands.
template <class Body> ct_status perform(Body &&body) noexcept {
    try {
        body();
        return CT_OK;
    } catch (...) {
        return report();
    }
}

}  // namespace ctorch

#endif
