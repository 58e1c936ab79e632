// The C interface of the fused decoder: pointers and sizes are checked here, before anything changes.
#ifdef DENATURE_TORCH
#include "fused_decoder.h"
#include "shim.h"

using namespace ctorch::fused;
using ctorch::perform;

struct ct_fused_weights {
    std::shared_ptr<const Weights> value;
};
struct ct_fused_decoder {
    Decoder value;
};

namespace {

void checkCandidates(
    const Decoder &decoder, int64_t rows, const int64_t *counts, const int32_t *candidates, int64_t size) {
    require(counts != nullptr, "no candidates");
    int64_t total = 0;
    for (int64_t r = 0; r < rows; ++r) {
        require(counts[r] >= 0 && counts[r] <= decoder.shape().vocabulary, "a row's number of candidates is absurd");
        total += counts[r];
    }
    require(total == 0 || candidates != nullptr, "no candidates");
    for (int64_t i = 0; i < total; ++i) {
        require(candidates[i] >= 0 && candidates[i] < decoder.shape().vocabulary, "a candidate outside the vocabulary");
    }
    require(size == product(decoder.groups(), total), "the scores' buffer has another size");
}

}  // namespace

ct_status ct_fused_weights_create(
    const ct_fused_shape *shape, const float *embedding, const float *final_norm, const float *head,
    const ct_fused_layer *layers, ct_fused_weights **result) {
    return perform([&] {
        *result = nullptr;
        *result = new ct_fused_weights{makeWeights(*shape, embedding, final_norm, head, layers)};
    });
}

void ct_fused_weights_free(ct_fused_weights *weights) { delete weights; }

ct_status ct_fused_decoder_create(
    const ct_fused_weights *const *weights, int64_t groups, const float *inverse_frequencies, float rotary_factor,
    int64_t slots, int64_t capacity, const char *instruction_set, ct_fused_decoder **result) {
    return perform([&] {
        *result = nullptr;
        require(groups > 0 && groups <= 1024, "the number of weight sets is not between 1 and 1,024");
        std::vector<std::shared_ptr<const Weights>> sets;
        for (int64_t g = 0; g < groups; ++g) sets.push_back(weights[g]->value);
        *result = new ct_fused_decoder{
            Decoder(std::move(sets), inverse_frequencies, rotary_factor, slots, capacity, instruction_set)};
    });
}

void ct_fused_decoder_free(ct_fused_decoder *decoder) { delete decoder; }

int64_t ct_fused_decoder_length(const ct_fused_decoder *decoder, int64_t slot) { return decoder->value.length(slot); }

ct_status ct_fused_decoder_truncate(ct_fused_decoder *decoder, int64_t slot, int64_t length) {
    return perform([&] { decoder->value.truncate(slot, length); });
}

ct_status ct_fused_decoder_extend(
    ct_fused_decoder *decoder, const ct_fused_chunks *chunks, bool every_token, float *logits, int64_t size) {
    return perform([&] {
        Decoder &value = decoder->value;
        int64_t rows = 0;
        value.checkChunks(*chunks, every_token, rows);
        require(logits != nullptr && size == product(product(value.groups(), rows), value.shape().vocabulary),
                "the logits' buffer has another size");
        value.feed(*chunks, every_token);
        value.projectAll(rows, logits);
    });
}

ct_status ct_fused_decoder_extend_candidates(
    ct_fused_decoder *decoder, const ct_fused_chunks *chunks, bool every_token, const int64_t *candidate_counts,
    const int32_t *candidates, float *scores, int64_t size) {
    return perform([&] {
        Decoder &value = decoder->value;
        int64_t rows = 0;
        value.checkChunks(*chunks, every_token, rows);
        checkCandidates(value, rows, candidate_counts, candidates, size);
        value.feed(*chunks, every_token);
        value.projectCandidates(rows, candidate_counts, candidates, scores);
    });
}

ct_status ct_fused_decoder_feed(ct_fused_decoder *decoder, const ct_fused_chunks *chunks) {
    return perform([&] { decoder->value.feed(*chunks, false); });
}

ct_status ct_fused_decoder_products(ct_fused_decoder *decoder, int64_t rows, int64_t head_rows) {
    return perform([&] { decoder->value.products(rows, head_rows); });
}

const char *ct_fused_instruction_set(void) { return kernels(nullptr)->name; }

ct_status ct_fused_exponential(const char *instruction_set, const float *x, int64_t count, float *y) {
    return perform([&] {
        const Kernels *set = kernels(instruction_set);
        require(set != nullptr, "this processor lacks that instruction set");
        set->exponential(x, count, y);
    });
}
#endif
