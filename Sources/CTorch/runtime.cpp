#ifdef DENATURE_TORCH

#if !__has_include(<ATen/Parallel.h>)
#error "libtorch is not there: run `make torch` in the checkout of denature, or build with LIBTORCH=/path/to/torch"
#endif

#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/util/Exception.h>
#include <dlfcn.h>
#include <torch/version.h>

#include <cstring>
#include <mutex>

#include "shim.h"

namespace ctorch {

std::string &last_error() {
    thread_local std::string message;
    return message;
}

ct_status report() noexcept {
    try {
        throw;
    } catch (const c10::OutOfMemoryError &error) {
        last_error() = error.what_without_backtrace();
        return CT_OUT_OF_MEMORY;
    } catch (const c10::Error &error) {
        last_error() = error.what_without_backtrace();
        // The CPU allocator reports exhaustion as an ordinary error.
        const bool exhausted = last_error().find("can't allocate memory") != std::string::npos ||
                               last_error().find("not enough memory") != std::string::npos;
        return exhausted ? CT_OUT_OF_MEMORY : CT_FAILED;
    } catch (const std::bad_alloc &) {
        last_error() = "out of memory";
        return CT_OUT_OF_MEMORY;
    } catch (const std::exception &error) {
        last_error() = error.what();
        return CT_FAILED;
    } catch (...) {
        last_error() = "unknown C++ exception";
        return CT_FAILED;
    }
}

at::ScalarType scalar_type(ct_dtype dtype) {
    switch (dtype) {
        case CT_FLOAT32: return at::kFloat;
        case CT_FLOAT64: return at::kDouble;
        case CT_BFLOAT16: return at::kBFloat16;
        case CT_FLOAT16: return at::kHalf;
        case CT_INT64: return at::kLong;
        case CT_INT32: return at::kInt;
        case CT_UINT8: return at::kByte;
        case CT_BOOL: return at::kBool;
    }
    TORCH_CHECK(false, "unknown element type ", static_cast<int>(dtype));
}

at::Device device(ct_device device) {
    if (device < 0) return at::Device(at::kCPU);
    return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device));
}

}  // namespace ctorch

using namespace ctorch;

const char *ct_last_error(void) { return last_error().c_str(); }
const char *ct_version(void) { return TORCH_VERSION; }
int64_t ct_live_tensors(void) { return live_tensors.load(std::memory_order_relaxed); }
void ct_set_threads(int32_t threads) { at::set_num_threads(threads < 1 ? 1 : threads); }
int32_t ct_threads(void) { return at::get_num_threads(); }

static std::string &cuda_reason() {
    static std::string reason = "no CUDA device was found";
    return reason;
}

int32_t ct_cuda_devices(void) {
    static std::once_flag once;
    static int32_t devices = 0;
    std::call_once(once, [] {
        try {
            // The program links the CPU part only, so that it starts without a GPU; the CUDA part registers itself
            // when loaded, and must do so before its hooks are asked for the first time. It lies beside libtorch_cpu.
            Dl_info here;
            void *anchor = reinterpret_cast<void *>(static_cast<int (*)()>(&at::get_num_threads));
            std::string path;
            if (dladdr(anchor, &here) != 0 && here.dli_fname != nullptr) path = here.dli_fname;
            const size_t slash = path.rfind('/');
            path.erase(slash == std::string::npos ? 0 : slash + 1);
            path += "libtorch_cuda.so";
            // A program that is not position-independent owns the symbol itself; its rpath finds the library.
            if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr &&
                dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) == nullptr) {
                cuda_reason() = "libtorch has no CUDA part here (TORCH_CUDA=1 make torch fetches one)";
                return;
            }
            devices = static_cast<int32_t>(at::detail::getCUDAHooks().deviceCount());
        } catch (const c10::Error &error) {
            cuda_reason() = error.what_without_backtrace();
            devices = 0;
        } catch (const std::exception &error) {
            cuda_reason() = error.what();
            devices = 0;
        }
    });
    return devices;
}

const char *ct_cuda_reason(void) { return cuda_reason().c_str(); }

void ct_free(ct_tensor tensor) {
    if (tensor == nullptr) return;
    delete reinterpret_cast<at::Tensor *>(tensor);
    live_tensors.fetch_sub(1, std::memory_order_relaxed);
}

ct_status ct_from_bytes(
    const void *bytes, size_t count, ct_dtype dtype, const int64_t *shape, int32_t rank, ct_tensor *out) {
    return produce(out, [&] {
        at::Tensor tensor = at::empty(at::IntArrayRef(shape, rank), scalar_type(dtype));
        TORCH_CHECK(tensor.nbytes() == count, count, " bytes given for a tensor of ", tensor.nbytes());
        if (count > 0) std::memcpy(tensor.data_ptr(), bytes, count);
        return tensor;
    });
}

ct_status ct_full(const int64_t *shape, int32_t rank, double value, ct_dtype dtype, ct_device where, ct_tensor *out) {
    return produce(out, [&] {
        return at::full(at::IntArrayRef(shape, rank), value, at::TensorOptions(scalar_type(dtype)).device(device(where)));
    });
}

ct_status ct_empty(const int64_t *shape, int32_t rank, ct_dtype dtype, ct_device where, ct_tensor *out) {
    return produce(out, [&] {
        return at::empty(at::IntArrayRef(shape, rank), at::TensorOptions(scalar_type(dtype)).device(device(where)));
    });
}

ct_status ct_arange(double start, double end, double step, ct_dtype dtype, ct_device where, ct_tensor *out) {
    return produce(out, [&] {
        return at::arange(start, end, step, at::TensorOptions(scalar_type(dtype)).device(device(where)));
    });
}

int32_t ct_rank(ct_tensor tensor) { return static_cast<int32_t>(unwrap(tensor).dim()); }

int64_t ct_size(ct_tensor tensor, int32_t dimension) {
    const at::Tensor &a = unwrap(tensor);
    return dimension >= 0 && dimension < a.dim() ? a.sizes()[dimension] : -1;
}

int64_t ct_count(ct_tensor tensor) { return unwrap(tensor).numel(); }

int32_t ct_dtype_of(ct_tensor tensor) {
    switch (unwrap(tensor).scalar_type()) {
        case at::kFloat: return CT_FLOAT32;
        case at::kDouble: return CT_FLOAT64;
        case at::kBFloat16: return CT_BFLOAT16;
        case at::kHalf: return CT_FLOAT16;
        case at::kLong: return CT_INT64;
        case at::kInt: return CT_INT32;
        case at::kByte: return CT_UINT8;
        case at::kBool: return CT_BOOL;
        default: return -1;
    }
}

ct_device ct_device_of(ct_tensor tensor) {
    const at::Device where = unwrap(tensor).device();
    return where.is_cuda() ? static_cast<ct_device>(where.index()) : -1;
}

bool ct_is_contiguous(ct_tensor tensor) { return unwrap(tensor).is_contiguous(); }

void *ct_data(ct_tensor tensor) {
    const at::Tensor &a = unwrap(tensor);
    return a.is_cpu() && a.is_contiguous() ? a.data_ptr() : nullptr;
}

ct_status ct_item(ct_tensor tensor, double *out) {
    return perform([&] { *out = unwrap(tensor).item().toDouble(); });
}

ct_status ct_copy_out(ct_tensor tensor, ct_dtype dtype, void *bytes, size_t count) {
    return perform([&] {
        const at::Tensor copy = unwrap(tensor).detach().to(at::kCPU, scalar_type(dtype)).contiguous();
        TORCH_CHECK(copy.nbytes() == count, "a buffer of ", count, " bytes for a tensor of ", copy.nbytes());
        if (count > 0) std::memcpy(bytes, copy.data_ptr(), count);
    });
}

#endif
