// The C interface of the shim over libtorch.
//
// Conventions. A `ct_tensor` owns one at::Tensor handle; who receives one through an `out` parameter frees it with
// ct_free. Every function that can fail returns a ct_status; after a status other than CT_OK the message of the calling
// thread is in ct_last_error(). No C++ exception leaves the shim. The functions may be called from any thread, one
// tensor from one thread at a time. Without the trait the header declares and the sources define nothing.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor_handle *ct_tensor;

typedef enum ct_status { CT_OK = 0, CT_FAILED = 1, CT_OUT_OF_MEMORY = 2 } ct_status;

typedef enum ct_dtype {
    CT_FLOAT32 = 0, CT_FLOAT64 = 1, CT_BFLOAT16 = 2, CT_FLOAT16 = 3, CT_INT64 = 4, CT_INT32 = 5, CT_UINT8 = 6,
    CT_BOOL = 7
} ct_dtype;

/// A device: -1 is the CPU, n ≥ 0 the n-th CUDA device.
typedef int32_t ct_device;

typedef enum ct_unary_op {
    CT_NEG, CT_EXP, CT_LOG, CT_SQRT, CT_RSQRT, CT_SIN, CT_COS, CT_SILU, CT_SIGMOID, CT_TANH, CT_ABS, CT_SIGN, CT_SQUARE,
    CT_ISFINITE, CT_DETACH, CT_CLONE, CT_CONTIGUOUS
} ct_unary_op;

typedef enum ct_binary_op {
    CT_ADD, CT_SUB, CT_MUL, CT_DIV, CT_POW, CT_MAXIMUM, CT_MINIMUM, CT_MATMUL, CT_EQ, CT_LT, CT_GT
} ct_binary_op;

typedef enum ct_reduction { CT_SUM, CT_MEAN, CT_AMAX, CT_AMIN, CT_LOGSUMEXP, CT_NORM2 } ct_reduction;

// The library.
const char *ct_last_error(void);
const char *ct_version(void);
int64_t ct_live_tensors(void);
void ct_set_threads(int32_t threads);
int32_t ct_threads(void);
/// Loads the CUDA part of libtorch when there is one; the number of devices, 0 where CUDA cannot be used. To be asked
/// before anything else is done with libtorch, which looks for its CUDA part once. And why there is none.
int32_t ct_cuda_devices(void);
const char *ct_cuda_reason(void);

// Making and reading.
void ct_free(ct_tensor tensor);
ct_status ct_from_bytes(const void *bytes, size_t count, ct_dtype dtype, const int64_t *shape, int32_t rank, ct_tensor *out);
ct_status ct_full(const int64_t *shape, int32_t rank, double value, ct_dtype dtype, ct_device device, ct_tensor *out);
ct_status ct_empty(const int64_t *shape, int32_t rank, ct_dtype dtype, ct_device device, ct_tensor *out);
ct_status ct_arange(double start, double end, double step, ct_dtype dtype, ct_device device, ct_tensor *out);
int32_t ct_rank(ct_tensor tensor);
int64_t ct_size(ct_tensor tensor, int32_t dimension);
int64_t ct_count(ct_tensor tensor);
/// The element type, or -1 for one the shim does not know.
int32_t ct_dtype_of(ct_tensor tensor);
ct_device ct_device_of(ct_tensor tensor);
bool ct_is_contiguous(ct_tensor tensor);
/// The elements of a contiguous tensor on the CPU, NULL for another; valid while the tensor lives.
void *ct_data(ct_tensor tensor);
ct_status ct_item(ct_tensor tensor, double *out);
/// Copies the elements, converted to `dtype`, in row-major order; `count` is the buffer's size in bytes.
ct_status ct_copy_out(ct_tensor tensor, ct_dtype dtype, void *bytes, size_t count);

// Elementwise.
ct_status ct_unary(ct_unary_op op, ct_tensor a, ct_tensor *out);
ct_status ct_binary(ct_binary_op op, ct_tensor a, ct_tensor b, ct_tensor *out);
ct_status ct_binary_scalar(ct_binary_op op, ct_tensor a, double b, ct_tensor *out);
ct_status ct_binary_in_place(ct_binary_op op, ct_tensor a, ct_tensor b);
ct_status ct_binary_scalar_in_place(ct_binary_op op, ct_tensor a, double b);
/// a + scale·b, and the same into a.
ct_status ct_add_scaled(ct_tensor a, ct_tensor b, double scale, ct_tensor *out);
ct_status ct_add_scaled_in_place(ct_tensor a, ct_tensor b, double scale);
/// a += value·b·c, into a.
ct_status ct_addcmul_in_place(ct_tensor a, ct_tensor b, ct_tensor c, double value);
ct_status ct_copy_in_place(ct_tensor a, ct_tensor source);
ct_status ct_fill_in_place(ct_tensor a, double value);
ct_status ct_where(ct_tensor condition, ct_tensor a, ct_tensor b, ct_tensor *out);
ct_status ct_masked_fill(ct_tensor a, ct_tensor mask, double value, ct_tensor *out);
ct_status ct_to(ct_tensor a, ct_dtype dtype, ct_device device, ct_tensor *out);

// Shape.
ct_status ct_reshape(ct_tensor a, const int64_t *shape, int32_t rank, ct_tensor *out);
ct_status ct_expand(ct_tensor a, const int64_t *shape, int32_t rank, ct_tensor *out);
ct_status ct_transpose(ct_tensor a, int64_t first, int64_t second, ct_tensor *out);
ct_status ct_narrow(ct_tensor a, int64_t dimension, int64_t start, int64_t length, ct_tensor *out);
ct_status ct_select(ct_tensor a, int64_t dimension, int64_t index, ct_tensor *out);
ct_status ct_unsqueeze(ct_tensor a, int64_t dimension, ct_tensor *out);
ct_status ct_squeeze(ct_tensor a, int64_t dimension, ct_tensor *out);
ct_status ct_cat(const ct_tensor *tensors, int32_t count, int64_t dimension, ct_tensor *out);
ct_status ct_stack(const ct_tensor *tensors, int32_t count, int64_t dimension, ct_tensor *out);
ct_status ct_tril(ct_tensor a, int64_t diagonal, ct_tensor *out);

// Lookup.
ct_status ct_embedding(ct_tensor weight, ct_tensor ids, ct_tensor *out);
ct_status ct_index_select(ct_tensor a, int64_t dimension, ct_tensor index, ct_tensor *out);
ct_status ct_gather(ct_tensor a, int64_t dimension, ct_tensor index, ct_tensor *out);
/// a[i0[k], i1[k], …] = source[k] for the leading `count` dimensions.
ct_status ct_index_put_in_place(ct_tensor a, const ct_tensor *indices, int32_t count, ct_tensor source);

// Reductions. `rank` 0 reduces over everything.
ct_status ct_reduce(ct_reduction op, ct_tensor a, const int64_t *dimensions, int32_t rank, bool keep, ct_tensor *out);
ct_status ct_argmax(ct_tensor a, int64_t dimension, bool keep, ct_tensor *out);
ct_status ct_cumsum(ct_tensor a, int64_t dimension, ct_tensor *out);
ct_status ct_topk(ct_tensor a, int64_t k, int64_t dimension, ct_tensor *values, ct_tensor *indices);
ct_status ct_sort(ct_tensor a, int64_t dimension, bool descending, ct_tensor *values, ct_tensor *indices);
ct_status ct_softmax(ct_tensor a, int64_t dimension, ct_tensor *out);
ct_status ct_log_softmax(ct_tensor a, int64_t dimension, ct_tensor *out);

// Layers. Optional tensors may be NULL.
ct_status ct_linear(ct_tensor x, ct_tensor weight, ct_tensor bias, ct_tensor *out);
ct_status ct_rms_norm(ct_tensor x, ct_tensor weight, double epsilon, ct_tensor *out);
/// Scaled dot-product attention of [B, H, T, D] tensors; a negative scale means 1/√D; `grouped` repeats key and value heads.
ct_status ct_attention(
    ct_tensor q, ct_tensor k, ct_tensor v, ct_tensor mask, bool causal, double scale, bool grouped, ct_tensor *out);
/// Negative log-likelihoods of int64 targets [N] under logits [N, V]; reduction 0 none, 1 mean, 2 sum; targets equal to
/// `ignored` count nothing.
ct_status ct_cross_entropy(ct_tensor logits, ct_tensor targets, int64_t ignored, int32_t reduction, ct_tensor *out);

// Derivatives.
bool ct_requires_grad(ct_tensor a);
ct_status ct_set_requires_grad(ct_tensor a, bool value);
/// Sets whether operations of this thread are recorded for backward mode; returns what was set before.
bool ct_set_grad_mode(bool enabled);
/// d(output)/d(inputs[i]) of a one-element output into outs[i]; NULL where `allow_unused` and the input has no part in it.
ct_status ct_gradients(ct_tensor output, const ct_tensor *inputs, int32_t count, bool allow_unused, ct_tensor *outs);
/// Backward from a one-element output, accumulated into the leaves; and a leaf's gradient, *out NULL when there is none.
ct_status ct_backward(ct_tensor output);
ct_status ct_grad(ct_tensor leaf, ct_tensor *out);
/// Forward mode: one level per process, left by the thread that entered it; another thread waits for it.
ct_status ct_dual_enter(int64_t *level);
ct_status ct_dual_exit(int64_t level);
ct_status ct_make_dual(ct_tensor primal, ct_tensor tangent, int64_t level, ct_tensor *out);
/// *tangent is NULL where the tensor carries none at this level.
ct_status ct_unpack_dual(ct_tensor dual, int64_t level, ct_tensor *primal, ct_tensor *tangent);

// Optimisation. Not recorded for backward mode.
/// One step of AdamW (arXiv 1711.05101) as PyTorch takes it, from 1: decay, then means, squares and parameters in place.
ct_status ct_adamw_in_place(
    const ct_tensor *parameters, const ct_tensor *gradients, const ct_tensor *means, const ct_tensor *squares,
    int32_t count, int64_t step, double rate, double beta1, double beta2, double decay, double epsilon);
/// Scales the tensors so that their norm together is at most `maximum` (0: no limit); the norm before in *norm. Tensors
/// whose norm is not finite stay as they are.
ct_status ct_clip_norm_in_place(const ct_tensor *tensors, int32_t count, double maximum, double *norm);

#ifdef __cplusplus
}
#endif

#endif
