#ifdef DENATURE_TORCH

#include "shim.h"

using namespace ctorch;

namespace {

at::Tensor unary(ct_unary_op op, const at::Tensor &a) {
    switch (op) {
        case CT_NEG: return at::neg(a);
        case CT_EXP: return at::exp(a);
        case CT_LOG: return at::log(a);
        case CT_SQRT: return at::sqrt(a);
        case CT_RSQRT: return at::rsqrt(a);
        case CT_SIN: return at::sin(a);
        case CT_COS: return at::cos(a);
        case CT_SILU: return at::silu(a);
        case CT_SIGMOID: return at::sigmoid(a);
        case CT_TANH: return at::tanh(a);
        case CT_ABS: return at::abs(a);
        case CT_SIGN: return at::sign(a);
        case CT_SQUARE: return at::square(a);
        case CT_ISFINITE: return at::isfinite(a);
        case CT_DETACH: return a.detach();
        case CT_CLONE: return a.clone();
        case CT_CONTIGUOUS: return a.contiguous();
    }
    TORCH_CHECK(false, "unknown operation");
}

at::Tensor binary(ct_binary_op op, const at::Tensor &a, const at::Tensor &b) {
    switch (op) {
        case CT_ADD: return at::add(a, b);
        case CT_SUB: return at::sub(a, b);
        case CT_MUL: return at::mul(a, b);
        case CT_DIV: return at::div(a, b);
        case CT_POW: return at::pow(a, b);
        case CT_MAXIMUM: return at::maximum(a, b);
        case CT_MINIMUM: return at::minimum(a, b);
        case CT_MATMUL: return at::matmul(a, b);
        case CT_EQ: return at::eq(a, b);
        case CT_LT: return at::lt(a, b);
        case CT_GT: return at::gt(a, b);
    }
    TORCH_CHECK(false, "unknown operation");
}

at::Tensor binary_scalar(ct_binary_op op, const at::Tensor &a, double b) {
    switch (op) {
        case CT_ADD: return at::add(a, b);
        case CT_SUB: return at::sub(a, b);
        case CT_MUL: return at::mul(a, b);
        case CT_DIV: return at::div(a, b);
        case CT_POW: return at::pow(a, b);
        case CT_MAXIMUM: return at::clamp_min(a, b);
        case CT_MINIMUM: return at::clamp_max(a, b);
        case CT_EQ: return at::eq(a, b);
        case CT_LT: return at::lt(a, b);
        case CT_GT: return at::gt(a, b);
        default: break;
    }
    TORCH_CHECK(false, "no such operation with a number");
}

at::IntArrayRef dims(const int64_t *values, int32_t count) { return at::IntArrayRef(values, count); }

}  // namespace

ct_status ct_unary(ct_unary_op op, ct_tensor a, ct_tensor *out) {
    return produce(out, [&] { return unary(op, unwrap(a)); });
}

ct_status ct_binary(ct_binary_op op, ct_tensor a, ct_tensor b, ct_tensor *out) {
    return produce(out, [&] { return binary(op, unwrap(a), unwrap(b)); });
}

ct_status ct_binary_scalar(ct_binary_op op, ct_tensor a, double b, ct_tensor *out) {
    return produce(out, [&] { return binary_scalar(op, unwrap(a), b); });
}

ct_status ct_binary_in_place(ct_binary_op op, ct_tensor a, ct_tensor b) {
    return perform([&] {
        switch (op) {
            case CT_ADD: unwrap(a).add_(unwrap(b)); return;
            case CT_SUB: unwrap(a).sub_(unwrap(b)); return;
            case CT_MUL: unwrap(a).mul_(unwrap(b)); return;
            case CT_DIV: unwrap(a).div_(unwrap(b)); return;
            default: TORCH_CHECK(false, "no such operation in place");
        }
    });
}

ct_status ct_binary_scalar_in_place(ct_binary_op op, ct_tensor a, double b) {
    return perform([&] {
        switch (op) {
            case CT_ADD: unwrap(a).add_(b); return;
            case CT_SUB: unwrap(a).sub_(b); return;
            case CT_MUL: unwrap(a).mul_(b); return;
            case CT_DIV: unwrap(a).div_(b); return;
            case CT_POW: unwrap(a).pow_(b); return;
            case CT_MAXIMUM: unwrap(a).clamp_min_(b); return;
            case CT_MINIMUM: unwrap(a).clamp_max_(b); return;
            default: TORCH_CHECK(false, "no such operation in place");
        }
    });
}

ct_status ct_add_scaled(ct_tensor a, ct_tensor b, double scale, ct_tensor *out) {
    return produce(out, [&] { return at::add(unwrap(a), unwrap(b), scale); });
}

ct_status ct_add_scaled_in_place(ct_tensor a, ct_tensor b, double scale) {
    return perform([&] { unwrap(a).add_(unwrap(b), scale); });
}

ct_status ct_addcmul_in_place(ct_tensor a, ct_tensor b, ct_tensor c, double value) {
    return perform([&] { unwrap(a).addcmul_(unwrap(b), unwrap(c), value); });
}

ct_status ct_copy_in_place(ct_tensor a, ct_tensor source) {
    return perform([&] { unwrap(a).copy_(unwrap(source)); });
}

ct_status ct_fill_in_place(ct_tensor a, double value) {
    return perform([&] { unwrap(a).fill_(value); });
}

ct_status ct_where(ct_tensor condition, ct_tensor a, ct_tensor b, ct_tensor *out) {
    return produce(out, [&] { return at::where(unwrap(condition), unwrap(a), unwrap(b)); });
}

ct_status ct_masked_fill(ct_tensor a, ct_tensor mask, double value, ct_tensor *out) {
    return produce(out, [&] { return at::masked_fill(unwrap(a), unwrap(mask), value); });
}

ct_status ct_to(ct_tensor a, ct_dtype dtype, ct_device where, ct_tensor *out) {
    return produce(out, [&] { return unwrap(a).to(device(where), scalar_type(dtype)); });
}

ct_status ct_reshape(ct_tensor a, const int64_t *shape, int32_t rank, ct_tensor *out) {
    return produce(out, [&] { return unwrap(a).reshape(dims(shape, rank)); });
}

ct_status ct_expand(ct_tensor a, const int64_t *shape, int32_t rank, ct_tensor *out) {
    return produce(out, [&] { return unwrap(a).expand(dims(shape, rank)); });
}

ct_status ct_transpose(ct_tensor a, int64_t first, int64_t second, ct_tensor *out) {
    return produce(out, [&] { return unwrap(a).transpose(first, second); });
}

ct_status ct_narrow(ct_tensor a, int64_t dimension, int64_t start, int64_t length, ct_tensor *out) {
    return produce(out, [&] { return unwrap(a).narrow(dimension, start, length); });
}

ct_status ct_select(ct_tensor a, int64_t dimension, int64_t index, ct_tensor *out) {
    return produce(out, [&] { return unwrap(a).select(dimension, index); });
}

ct_status ct_unsqueeze(ct_tensor a, int64_t dimension, ct_tensor *out) {
    return produce(out, [&] { return unwrap(a).unsqueeze(dimension); });
}

ct_status ct_squeeze(ct_tensor a, int64_t dimension, ct_tensor *out) {
    return produce(out, [&] { return unwrap(a).squeeze(dimension); });
}

ct_status ct_cat(const ct_tensor *tensors, int32_t count, int64_t dimension, ct_tensor *out) {
    return produce(out, [&] { return at::cat(list(tensors, count), dimension); });
}

ct_status ct_stack(const ct_tensor *tensors, int32_t count, int64_t dimension, ct_tensor *out) {
    return produce(out, [&] { return at::stack(list(tensors, count), dimension); });
}

ct_status ct_tril(ct_tensor a, int64_t diagonal, ct_tensor *out) {
    return produce(out, [&] { return at::tril(unwrap(a), diagonal); });
}

ct_status ct_embedding(ct_tensor weight, ct_tensor ids, ct_tensor *out) {
    return produce(out, [&] { return at::embedding(unwrap(weight), unwrap(ids)); });
}

ct_status ct_index_select(ct_tensor a, int64_t dimension, ct_tensor index, ct_tensor *out) {
    return produce(out, [&] { return at::index_select(unwrap(a), dimension, unwrap(index)); });
}

ct_status ct_gather(ct_tensor a, int64_t dimension, ct_tensor index, ct_tensor *out) {
    return produce(out, [&] { return at::gather(unwrap(a), dimension, unwrap(index)); });
}

ct_status ct_index_put_in_place(ct_tensor a, const ct_tensor *indices, int32_t count, ct_tensor source) {
    return perform([&] {
        c10::List<std::optional<at::Tensor>> positions;
        for (int32_t i = 0; i < count; ++i) positions.push_back(unwrap(indices[i]));
        unwrap(a).index_put_(positions, unwrap(source));
    });
}

ct_status ct_reduce(ct_reduction op, ct_tensor a, const int64_t *dimensions, int32_t rank, bool keep, ct_tensor *out) {
    return produce(out, [&]() -> at::Tensor {
        const at::Tensor &x = unwrap(a);
        std::vector<int64_t> over(dimensions, dimensions + rank);
        if (rank == 0) {
            for (int64_t i = 0; i < x.dim(); ++i) over.push_back(i);
        }
        switch (op) {
            case CT_SUM: return at::sum(x, over, keep);
            case CT_MEAN: return at::mean(x, over, keep);
            case CT_AMAX: return at::amax(x, over, keep);
            case CT_AMIN: return at::amin(x, over, keep);
            case CT_LOGSUMEXP: return at::logsumexp(x, over, keep);
            case CT_NORM2: return at::linalg_vector_norm(x, 2, over, keep);
        }
        TORCH_CHECK(false, "unknown reduction");
    });
}

ct_status ct_argmax(ct_tensor a, int64_t dimension, bool keep, ct_tensor *out) {
    return produce(out, [&] { return at::argmax(unwrap(a), dimension, keep); });
}

ct_status ct_cumsum(ct_tensor a, int64_t dimension, ct_tensor *out) {
    return produce(out, [&] { return at::cumsum(unwrap(a), dimension); });
}

ct_status ct_topk(ct_tensor a, int64_t k, int64_t dimension, ct_tensor *values, ct_tensor *indices) {
    return perform([&] {
        auto found = at::topk(unwrap(a), k, dimension);
        *values = wrap(std::get<0>(found));
        *indices = wrap(std::get<1>(found));
    });
}

ct_status ct_sort(ct_tensor a, int64_t dimension, bool descending, ct_tensor *values, ct_tensor *indices) {
    return perform([&] {
        auto sorted = at::sort(unwrap(a), /*stable=*/true, dimension, descending);
        *values = wrap(std::get<0>(sorted));
        *indices = wrap(std::get<1>(sorted));
    });
}

ct_status ct_softmax(ct_tensor a, int64_t dimension, ct_tensor *out) {
    return produce(out, [&] { return at::softmax(unwrap(a), dimension); });
}

ct_status ct_log_softmax(ct_tensor a, int64_t dimension, ct_tensor *out) {
    return produce(out, [&] { return at::log_softmax(unwrap(a), dimension); });
}

#endif
