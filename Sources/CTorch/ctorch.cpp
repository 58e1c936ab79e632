#ifdef DENATURE_TORCH
#endif
