#ifdef DENATURE_TORCH
#include "fused_weights.h"

#include <ATen/Parallel.h>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace ctorch::fused {

Buffer::Buffer(int64_t count) : count_(count) {
    if (count == 0) return;
    constexpr int64_t line = 64, largePage = 2 << 20;
    const int64_t bytes = product(count, sizeof(float));
    const int64_t border = bytes >= largePage ? largePage : line;
    const auto size = static_cast<size_t>(roundUp(bytes, border));
    void *memory = nullptr;
    if (posix_memalign(&memory, border, size) != 0) throw std::bad_alloc();
    memory_.reset(static_cast<float *>(memory));
#ifdef __linux__
    // A request only; without large pages everything works, slower.
    if (border == largePage) madvise(memory, size, MADV_HUGEPAGE);
#endif
}

PackedMatrix::PackedMatrix(const std::vector<Source> &sources, int64_t depth) : depth(depth) {
    for (const Source &source : sources) rows += source.rows;
    data = Buffer(product(roundUp(rows, lineFloats), depth));
    std::vector<const float *> lines;
    lines.reserve(rows);
    for (const Source &source : sources) {
        require(source.matrix != nullptr, "a weight matrix is missing");
        for (int64_t r = 0; r < source.rows; ++r) lines.push_back(source.matrix + r * depth);
    }
    at::parallel_for(0, panels(), 8, [&](int64_t begin, int64_t end) {
        for (int64_t index = begin; index < end; ++index) {
            const int64_t stride = width(index), filled = used(index);
            float *target = data.data() + index * panelWidth * depth;
            const float *const *source = lines.data() + index * panelWidth;
            for (int64_t k = 0; k < depth; ++k) {
                for (int64_t c = 0; c < filled; ++c) target[k * stride + c] = source[c][k];
                for (int64_t c = filled; c < stride; ++c) target[k * stride + c] = 0;
            }
        }
    });
}

namespace {

std::vector<float> vectorOf(const float *values, int64_t count, const char *what) {
    require(values != nullptr, what);
    return {values, values + count};
}

std::vector<float> optionalVector(const float *values, int64_t count) {
    return values == nullptr ? std::vector<float>() : std::vector<float>(values, values + count);
}

void checkShape(const ct_fused_shape &shape) {
    constexpr int64_t most = 1 << 24;  // keeps every product of two sizes within 64 bits
    const int64_t sizes[] = {
        shape.layers, shape.hidden_size, shape.intermediate_size, shape.heads, shape.kv_heads, shape.head_dim,
        shape.vocabulary,
    };
    for (int64_t size : sizes) require(size > 0 && size <= most, "a size is not between 1 and 16,777,216");
    require(shape.heads % shape.kv_heads == 0, "the number of heads is no multiple of the key-value heads");
    require(shape.head_dim % 2 == 0, "the head dimension is odd");
    require(shape.heads * shape.head_dim <= most, "heads times head dimension is too large");
}

LayerWeights makeLayer(const Weights &weights, const ct_fused_layer &layer) {
    const ct_fused_shape &shape = weights.shape;
    const int64_t hidden = shape.hidden_size, query = weights.queryWidth(), key = weights.keyWidth();
    LayerWeights result;
    result.inputNorm = vectorOf(layer.input_norm, hidden, "a norm is missing");
    result.postNorm = vectorOf(layer.post_norm, hidden, "a norm is missing");
    result.queryNorm = optionalVector(layer.query_norm, shape.head_dim);
    result.keyNorm = optionalVector(layer.key_norm, shape.head_dim);
    require(result.queryNorm.empty() == result.keyNorm.empty(), "only one of the query and key norms is there");
    if (layer.query_bias != nullptr || layer.key_bias != nullptr || layer.value_bias != nullptr) {
        auto bias = vectorOf(layer.query_bias, query, "the query's bias is missing");
        for (const float *part : {layer.key_bias, layer.value_bias}) {
            const auto more = vectorOf(part, key, "a bias of keys or values is missing");
            bias.insert(bias.end(), more.begin(), more.end());
        }
        result.queryKeyValueBias = std::move(bias);
    }
    result.outputBias = optionalVector(layer.output_bias, hidden);
    result.queryKeyValue = PackedMatrix({{layer.query, query}, {layer.key, key}, {layer.value, key}}, hidden);
    result.output = PackedMatrix({{layer.output, hidden}}, query);
    result.gateUp = PackedMatrix(
        {{layer.gate, shape.intermediate_size}, {layer.up, shape.intermediate_size}}, hidden);
    result.down = PackedMatrix({{layer.down, hidden}}, shape.intermediate_size);
    return result;
}

}  // namespace

std::shared_ptr<const Weights> makeWeights(
    const ct_fused_shape &shape, const float *embedding, const float *finalNorm, const float *head,
    const ct_fused_layer *layers) {
    checkShape(shape);
    require(embedding != nullptr && head != nullptr && layers != nullptr, "embedding, head or layers are missing");
    auto weights = std::make_shared<Weights>();
    weights->shape = shape;
    weights->embedding = embedding;
    weights->head = head;
    weights->finalNorm = vectorOf(finalNorm, shape.hidden_size, "the final norm is missing");
    weights->packedHead = PackedMatrix({{head, shape.vocabulary}}, shape.hidden_size);
    weights->layers.reserve(shape.layers);
    for (int64_t i = 0; i < shape.layers; ++i) {
        weights->layers.push_back(makeLayer(*weights, layers[i]));
        const LayerWeights &layer = weights->layers.back(), &first = weights->layers.front();
        require(layer.queryKeyValueBias.size() == first.queryKeyValueBias.size()
                    && layer.outputBias.size() == first.outputBias.size(),
                "only some layers have biases");
    }
    return weights;
}

}  // namespace ctorch::fused
#endif
