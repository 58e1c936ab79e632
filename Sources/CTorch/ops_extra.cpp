#ifdef DENATURE_TORCH

#include "shim.h"

using namespace ctorch;

#endif
