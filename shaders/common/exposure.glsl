// The exposure that was measured: `taixu.render.post.exposure`.
struct Exposure {
    float ev;       // stops that the eye is used to
    float factor;   // two to the power of these
    float wanted;   // stops that this frame asks for
    uint is_begun;  // 0: there was no frame before
    uint bins[256]; // of the logarithm of luminance, and weights that fall into each
};

const float EXPOSURE_DARKEST = -20.0, EXPOSURE_STOPS = 34.0; // range of the bins; the first one is for what is darker
