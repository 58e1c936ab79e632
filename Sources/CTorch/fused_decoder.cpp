#ifdef DENATURE_TORCH
#include "fused_decoder.h"

#include <algorithm>
#include <cmath>

#include "fused_products.h"

namespace ctorch::fused {

namespace {

/// Rows that go through the layers together: long prompts take several passes, so that scratch memory stays small.
constexpr int64_t mostRows = 256;
/// Tokens per slot that a new decoder has room for; from there on the caches double.
constexpr int64_t firstTokens = 256;

bool sameKind(const Weights &first, const Weights &second) {
    const ct_fused_shape &a = first.shape, &b = second.shape;
    const LayerWeights &x = first.layers[0], &y = second.layers[0];
    return a.layers == b.layers && a.hidden_size == b.hidden_size && a.intermediate_size == b.intermediate_size
        && a.heads == b.heads && a.kv_heads == b.kv_heads && a.head_dim == b.head_dim && a.vocabulary == b.vocabulary
        && a.rms_epsilon == b.rms_epsilon && x.queryKeyValueBias.size() == y.queryKeyValueBias.size()
        && x.outputBias.size() == y.outputBias.size();
}

const Kernels &kernelsNamed(const char *name) {
    const Kernels *found = kernels(name);
    require(found != nullptr, "this processor lacks that instruction set");
    return *found;
}

}  // namespace

Decoder::Decoder(
    std::vector<std::shared_ptr<const Weights>> groups, const float *inverseFrequencies, float rotaryFactor,
    int64_t slots, int64_t capacity, const char *instructionSet)
    : groups_(std::move(groups)), kernels_(kernelsNamed(instructionSet)), capacity_(capacity),
      rotaryFactor_(rotaryFactor) {
    require(!groups_.empty(), "no weights");
    shape_ = groups_[0]->shape;
    for (const auto &weights : groups_) require(sameKind(*weights, *groups_[0]), "weight sets of different shapes");
    constexpr int64_t most = 1 << 24;
    require(slots > 0 && slots <= most, "the number of slots is not between 1 and 16,777,216");
    require(capacity > 0 && capacity <= most, "the capacity is not between 1 and 16,777,216 tokens");
    require(inverseFrequencies != nullptr, "no rotary frequencies");

    hiddenStride_ = roundUp(shape_.hidden_size, lineFloats);
    queryKeyValueStride_ = roundUp((shape_.heads + 2 * shape_.kv_heads) * shape_.head_dim, lineFloats);
    attendedStride_ = roundUp(shape_.heads * shape_.head_dim, lineFloats);
    gateUpStride_ = roundUp(2 * shape_.intermediate_size, lineFloats);
    gatedStride_ = roundUp(shape_.intermediate_size, lineFloats);
    lengths_.assign(slots, 0);

    inverseFrequencies_.assign(inverseFrequencies, inverseFrequencies + shape_.head_dim / 2);
    keys_.resize(product(this->groups(), shape_.layers));
    values_.resize(keys_.size());
    grow(std::min(capacity, firstTokens));
}

/// Gives every slot room for at least so many tokens. What the slots hold is copied; when memory runs out, nothing
/// changes.
void Decoder::grow(int64_t tokens) {
    const int64_t old = paddedTokens_, headDim = shape_.head_dim, half = headDim / 2;
    if (tokens <= old) return;
    const int64_t padded = roundUp(std::min(capacity_, std::max(tokens, 2 * old)), blockPositions);
    const auto lines = product(static_cast<int64_t>(lengths_.size()), shape_.kv_heads);
    // The last row of values is read in whole vectors.
    const int64_t count = product(product(lines, padded), headDim) + 4 * lineFloats;
    std::vector<float> cosines(product(padded, half)), sines(cosines.size());
    for (int64_t t = 0; t < padded; ++t) {
        for (int64_t i = 0; i < half; ++i) {
            // In float32, as the models are trained.
            const float angle = static_cast<float>(t) * inverseFrequencies_[i];
            cosines[t * half + i] = std::cos(angle) * rotaryFactor_;
            sines[t * half + i] = std::sin(angle) * rotaryFactor_;
        }
    }
    std::vector<Buffer> keys, values;
    for (size_t i = 0; i < keys_.size(); ++i) {
        keys.emplace_back(count);
        values.emplace_back(count);
    }
    for (int64_t line = 0; line < lines && old > 0; ++line) {
        const int64_t held = roundUp(lengths_[line / shape_.kv_heads], blockPositions) * headDim;
        for (size_t i = 0; i < keys.size(); ++i) {
            std::copy_n(keys_[i].data() + line * old * headDim, held, keys[i].data() + line * padded * headDim);
            std::copy_n(values_[i].data() + line * old * headDim, held, values[i].data() + line * padded * headDim);
        }
    }
    keys_ = std::move(keys);
    values_ = std::move(values);
    cosines_ = std::move(cosines);
    sines_ = std::move(sines);
    paddedTokens_ = padded;
}

float *Decoder::keys(int64_t group, int64_t layer, int64_t slot, int64_t head) const {
    return keys_[group * shape_.layers + layer].data()
        + (slot * shape_.kv_heads + head) * paddedTokens_ * shape_.head_dim;
}

float *Decoder::values(int64_t group, int64_t layer, int64_t slot, int64_t head) const {
    return values_[group * shape_.layers + layer].data()
        + (slot * shape_.kv_heads + head) * paddedTokens_ * shape_.head_dim;
}

void Decoder::truncate(int64_t slot, int64_t length) {
    require(slot >= 0 && slot < static_cast<int64_t>(lengths_.size()), "there is no such slot");
    require(length >= 0 && length <= lengths_[slot], "the slot holds fewer tokens");
    lengths_[slot] = length;
}

void Decoder::checkChunks(const ct_fused_chunks &chunks, bool everyToken, int64_t &rows) const {
    require(chunks.count > 0 && chunks.slots != nullptr && chunks.counts != nullptr && chunks.tokens != nullptr,
            "nothing to feed");
    std::vector<bool> seen(lengths_.size());
    int64_t tokens = 0;
    for (int64_t i = 0; i < chunks.count; ++i) {
        const int64_t slot = chunks.slots[i];
        require(slot >= 0 && slot < static_cast<int64_t>(lengths_.size()), "there is no such slot");
        require(!seen[slot], "a slot appears twice in one call");
        seen[slot] = true;
        require(chunks.counts[i] > 0, "a chunk without tokens");
        require(chunks.counts[i] <= capacity_ - lengths_[slot], "the slot's cache is full");
        tokens += chunks.counts[i];
    }
    for (int64_t i = 0; i < tokens; ++i) {
        require(chunks.tokens[i] >= 0 && chunks.tokens[i] < shape_.vocabulary, "a token outside the vocabulary");
    }
    rows = everyToken ? tokens : chunks.count;
}

void Decoder::reserve(int64_t rows) {
    if (rows > scratchRows_) {
        const int64_t lines = product(groups(), rows);
        scratchRows_ = 0;
        hidden_ = Buffer(product(lines, hiddenStride_));
        normed_ = Buffer(product(lines, hiddenStride_));
        queryKeyValue_ = Buffer(product(lines, queryKeyValueStride_));
        attended_ = Buffer(product(lines, attendedStride_));
        gateUp_ = Buffer(product(lines, gateUpStride_));
        gated_ = Buffer(product(lines, gatedStride_));
        scratchRows_ = rows;
    }
    const int64_t scores = product(at::get_num_threads(), product(shape_.heads / shape_.kv_heads, paddedTokens_));
    if (scores > scores_.count()) scores_ = Buffer(scores);
}

int64_t Decoder::feed(const ct_fused_chunks &chunks, bool everyToken) {
    int64_t outputs = 0, tokens = 0;
    checkChunks(chunks, everyToken, outputs);
    int64_t longest = 0;
    for (int64_t i = 0; i < chunks.count; ++i) {
        tokens += chunks.counts[i];
        longest = std::max(longest, lengths_[chunks.slots[i]] + chunks.counts[i]);
    }
    grow(longest);
    reserve(std::min(tokens, mostRows));
    if (outputs > outputRows_) {
        outputs_ = Buffer(product(product(groups(), outputs), hiddenStride_));
        outputRows_ = outputs;
    }
    std::vector<Row> rows;
    rows.reserve(std::min(tokens, mostRows));
    // From here on nothing is refused.
    int64_t output = 0;
    const int32_t *next = chunks.tokens;
    for (int64_t i = 0; i < chunks.count; ++i) {
        const int64_t slot = chunks.slots[i];
        for (int64_t t = 0; t < chunks.counts[i]; ++t) {
            const bool wanted = everyToken || t + 1 == chunks.counts[i];
            rows.push_back({slot, lengths_[slot]++, *next++, wanted ? output++ : -1});
            if (static_cast<int64_t>(rows.size()) == mostRows) {
                runLayers(rows);
                rows.clear();
            }
        }
    }
    if (!rows.empty()) runLayers(rows);
    return outputs;
}

void Decoder::runLayers(const std::vector<Row> &rows) {
    const auto count = static_cast<int64_t>(rows.size());
    const int64_t hidden = shape_.hidden_size;
    for (int64_t g = 0; g < groups(); ++g) {
        float *x = hidden_.data() + g * scratchRows_ * hiddenStride_;
        for (const Row &row : rows) {
            std::copy_n(groups_[g]->embedding + row.token * hidden, hidden, x);
            x += hiddenStride_;
        }
    }
    const auto at = [this](const Buffer &buffer, int64_t stride) {
        return [this, &buffer, stride](int64_t group) { return buffer.data() + group * scratchRows_ * stride; };
    };
    const auto addBias = [&](const auto &bias, const Buffer &buffer, int64_t stride, bool add) {
        for (int64_t g = 0; g < groups(); ++g) {
            const std::vector<float> &b = bias(g);
            float *y = buffer.data() + g * scratchRows_ * stride;
            for (int64_t r = 0; r < count; ++r, y += stride) {
                for (size_t i = 0; i < b.size(); ++i) y[i] = (add ? y[i] : 0) + b[i];
            }
        }
    };
    for (int64_t l = 0; l < shape_.layers; ++l) {
        const auto layer = [this, l](int64_t group) -> const LayerWeights & { return groups_[group]->layers[l]; };
        const bool biased = !layer(0).queryKeyValueBias.empty();
        normalize(count, l, false);
        if (biased) {
            addBias([&](int64_t g) -> auto & { return layer(g).queryKeyValueBias; }, queryKeyValue_,
                    queryKeyValueStride_, false);
        }
        multiply(
            kernels_, groups(), count, [&](int64_t g) -> auto & { return layer(g).queryKeyValue; },
            at(normed_, hiddenStride_), hiddenStride_, at(queryKeyValue_, queryKeyValueStride_), queryKeyValueStride_,
            biased);
        rotateAndStore(rows, l);
        attend(rows, l);
        if (!layer(0).outputBias.empty()) {
            addBias([&](int64_t g) -> auto & { return layer(g).outputBias; }, hidden_, hiddenStride_, true);
        }
        multiply(
            kernels_, groups(), count, [&](int64_t g) -> auto & { return layer(g).output; },
            at(attended_, attendedStride_), attendedStride_, at(hidden_, hiddenStride_), hiddenStride_, true);

        normalize(count, l, true);
        multiply(
            kernels_, groups(), count, [&](int64_t g) -> auto & { return layer(g).gateUp; },
            at(normed_, hiddenStride_), hiddenStride_, at(gateUp_, gateUpStride_), gateUpStride_, false);
        gateRows(count);
        multiply(
            kernels_, groups(), count, [&](int64_t g) -> auto & { return layer(g).down; }, at(gated_, gatedStride_),
            gatedStride_, at(hidden_, hiddenStride_), hiddenStride_, true);
    }
    for (int64_t g = 0; g < groups(); ++g) {
        for (int64_t r = 0; r < count; ++r) {
            if (rows[r].output < 0) continue;
            kernels_.rmsNorm(
                hidden_.data() + (g * scratchRows_ + r) * hiddenStride_, groups_[g]->finalNorm.data(), hidden,
                shape_.rms_epsilon, outputs_.data() + (g * outputRows_ + rows[r].output) * hiddenStride_);
        }
    }
}

void Decoder::normalize(int64_t rows, int64_t layer, bool post) {
    inParallel(groups() * rows, shape_.hidden_size / 8.0, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t group = i / rows, line = group * scratchRows_ + i % rows;
            const LayerWeights &weights = groups_[group]->layers[layer];
            kernels_.rmsNorm(
                hidden_.data() + line * hiddenStride_, (post ? weights.postNorm : weights.inputNorm).data(),
                shape_.hidden_size, shape_.rms_epsilon, normed_.data() + line * hiddenStride_);
        }
    });
}

void Decoder::rotateAndStore(const std::vector<Row> &rows, int64_t layer) {
    const auto count = static_cast<int64_t>(rows.size());
    const int64_t headDim = shape_.head_dim, half = headDim / 2;
    inParallel(groups() * count, queryKeyValueStride_ / 4.0, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t group = i / count;
            const Row &row = rows[i % count];
            const LayerWeights &weights = groups_[group]->layers[layer];
            const float *cosines = cosines_.data() + row.position * half, *sines = sines_.data() + row.position * half;
            float *x = queryKeyValue_.data() + (group * scratchRows_ + i % count) * queryKeyValueStride_;
            for (int64_t h = 0; h < shape_.heads + shape_.kv_heads; ++h, x += headDim) {
                const std::vector<float> &norm = h < shape_.heads ? weights.queryNorm : weights.keyNorm;
                if (!norm.empty()) kernels_.rmsNorm(x, norm.data(), headDim, shape_.rms_epsilon, x);
                kernels_.rotate(x, cosines, sines, half);
                if (h < shape_.heads) continue;
                float *key = keys(group, layer, row.slot, h - shape_.heads)
                    + row.position / blockPositions * blockPositions * headDim + row.position % blockPositions;
                for (int64_t d = 0; d < headDim; ++d) key[d * blockPositions] = x[d];
            }
            for (int64_t h = 0; h < shape_.kv_heads; ++h, x += headDim) {
                std::copy_n(x, headDim, values(group, layer, row.slot, h) + row.position * headDim);
            }
        }
    });
}

void Decoder::attend(const std::vector<Row> &rows, int64_t layer) {
    const auto count = static_cast<int64_t>(rows.size());
    const int64_t kvHeads = shape_.kv_heads, together = shape_.heads / kvHeads, headDim = shape_.head_dim;
    const float scale = 1.0f / std::sqrt(static_cast<float>(headDim));
    double longest = 1;
    for (const Row &row : rows) longest = std::max(longest, static_cast<double>(row.position + 1));
    inParallel(
        groups() * count * kvHeads, longest * static_cast<double>(together * headDim) / 4,
        [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i) {
                const int64_t head = i % kvHeads, r = i / kvHeads % count, group = i / kvHeads / count;
                const int64_t line = group * scratchRows_ + r, first = head * together * headDim;
                const int64_t next = std::min(i + 1, end - 1);
                kernels_.attend({
                    .query = queryKeyValue_.data() + line * queryKeyValueStride_ + first,
                    .heads = together,
                    .headDim = headDim,
                    .scale = scale,
                    .keys = keys(group, layer, rows[r].slot, head),
                    .values = values(group, layer, rows[r].slot, head),
                    .nextKeys = keys(next / kvHeads / count, layer, rows[next / kvHeads % count].slot, next % kvHeads),
                    .length = rows[r].position + 1,
                    .scores = scores_.data() + at::get_thread_num() * together * paddedTokens_,
                    .output = attended_.data() + line * attendedStride_ + first,
                });
            }
        });
}

void Decoder::gateRows(int64_t rows) {
    const int64_t width = shape_.intermediate_size;
    inParallel(groups() * rows, static_cast<double>(width) / 4, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t line = i / rows * scratchRows_ + i % rows;
            const float *gate = gateUp_.data() + line * gateUpStride_;
            kernels_.siluMultiply(gate, gate + width, width, gated_.data() + line * gatedStride_);
        }
    });
}

void Decoder::projectAll(int64_t rows, float *logits) const {
    const int64_t vocabulary = shape_.vocabulary;
    multiply(
        kernels_, groups(), rows, [this](int64_t g) -> auto & { return groups_[g]->packedHead; },
        [this](int64_t g) { return outputs_.data() + g * outputRows_ * hiddenStride_; }, hiddenStride_,
        [=](int64_t g) { return logits + g * rows * vocabulary; }, vocabulary, false, true);
}

void Decoder::projectCandidates(
    int64_t rows, const int64_t *counts, const int32_t *candidates, float *scores) const {
    std::vector<int64_t> starts(rows + 1, 0);
    for (int64_t r = 0; r < rows; ++r) starts[r + 1] = starts[r] + counts[r];
    const double cost = static_cast<double>(starts[rows]) / rows * shape_.hidden_size / 8;
    inParallel(groups() * rows, cost + 1, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t group = i / rows, r = i % rows;
            const float *hidden = outputs_.data() + (group * outputRows_ + r) * hiddenStride_;
            float *target = scores + group * starts[rows];
            for (int64_t c = starts[r]; c < starts[r + 1]; ++c) {
                const float *line = groups_[group]->head + candidates[c] * shape_.hidden_size;
                target[c] = kernels_.dot(hidden, line, shape_.hidden_size);
            }
        }
    });
}

void Decoder::products(int64_t rows, int64_t headRows) {
    require(rows > 0 && rows <= mostRows && headRows >= 0 && headRows <= rows, "1 to 256 rows, and no more head rows");
    reserve(rows);
    for (const Buffer *buffer : {&hidden_, &normed_, &attended_, &gated_}) {
        std::fill_n(buffer->data(), buffer->count(), 0.5f);
    }
    Buffer logits(product(product(groups(), headRows), shape_.vocabulary));
    const auto at = [this](const Buffer &buffer, int64_t stride) {
        return [this, &buffer, stride](int64_t group) { return buffer.data() + group * scratchRows_ * stride; };
    };
    for (int64_t l = 0; l < shape_.layers; ++l) {
        const auto run = [&](PackedMatrix LayerWeights::*matrix, const Buffer &in, int64_t inStride, const Buffer &out,
                             int64_t outStride) {
            multiply(
                kernels_, groups(), rows,
                [&](int64_t g) -> auto & { return groups_[g]->layers[l].*matrix; }, at(in, inStride), inStride,
                at(out, outStride), outStride, false);
        };
        run(&LayerWeights::queryKeyValue, normed_, hiddenStride_, queryKeyValue_, queryKeyValueStride_);
        run(&LayerWeights::output, attended_, attendedStride_, hidden_, hiddenStride_);
        run(&LayerWeights::gateUp, normed_, hiddenStride_, gateUp_, gateUpStride_);
        run(&LayerWeights::down, gated_, gatedStride_, hidden_, hiddenStride_);
    }
    if (headRows == 0) return;
    multiply(
        kernels_, groups(), headRows, [this](int64_t g) -> auto & { return groups_[g]->packedHead; },
        at(normed_, hiddenStride_), hiddenStride_,
        [&](int64_t g) { return logits.data() + g * headRows * shape_.vocabulary; }, shape_.vocabulary, false, true);
}

}  // namespace ctorch::fused
#endif
