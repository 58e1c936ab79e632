// Matrix products of all weight sets over one set of rows, spread over libtorch's threads.
#pragma once

#include <ATen/Parallel.h>

#include <algorithm>

#include "fused_weights.h"

namespace ctorch::fused {

/// Least work worth a task of its own, in nanoseconds: waking a thread costs a few thousand.
constexpr double leastTask = 8000;

/// Runs body(begin, end) over [0, count), where one item takes about `nanoseconds`.
template <typename Body> void inParallel(int64_t count, double nanoseconds, const Body &body) {
    if (at::get_num_threads() == 1 || nanoseconds * static_cast<double>(count) < 2 * leastTask) {
        if (count > 0) body(int64_t{0}, count);
        return;
    }
    const auto grain = static_cast<int64_t>(leastTask / nanoseconds) + 1;
    at::parallel_for(0, count, grain, body);
}

/// y[g][rows][N] (+)= x[g][rows][K] · Wᵀ[g], for each group g. `matrix(g)` gives W, `input(g)` and `output(g)` the
/// first rows. With `exact`, the output has no room past column N.
template <typename Matrix, typename Input, typename Output>
void multiply(
    const Kernels &kernels, int64_t groups, int64_t rows, const Matrix &matrix, const Input &input, int64_t inputStride,
    const Output &output, int64_t outputStride, bool accumulate, bool exact = false) {
    const PackedMatrix &first = matrix(0);
    const int64_t panels = first.panels(), depth = first.depth;
    // Two multiply-adds of a vector per cycle, or the reading of the panel.
    const double cost = std::max(static_cast<double>(panelWidth * depth * rows) / 100,
                                 static_cast<double>(panelWidth * depth) / 10);
    inParallel(groups * panels, cost, [&](int64_t begin, int64_t end) {
        for (int64_t item = begin; item < end; ++item) {
            const int64_t group = item / panels, panel = item % panels;
            const PackedMatrix &weights = matrix(group);
            const int64_t width = weights.width(panel), used = weights.used(panel);
            const float *x = input(group);
            float *y = output(group) + panel * panelWidth;
            if (!exact || used == width) {
                kernels.multiplyPanel(
                    weights.panel(panel), width, depth, x, inputStride, rows, y, outputStride, accumulate);
                continue;
            }
            std::vector<float> wide(rows * width);
            kernels.multiplyPanel(weights.panel(panel), width, depth, x, inputStride, rows, wide.data(), width, false);
            for (int64_t r = 0; r < rows; ++r) {
                std::copy_n(wide.data() + r * width, used, y + r * outputStride);
            }
        }
    });
}

}  // namespace ctorch::fused
