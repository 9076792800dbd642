// Paths of light, walked backwards from the eye: what each of them knows between the kernels that carry it on.
// Layouts and numbers are those of `taixu.render.path_tracing.blocks`.
#include "common/math.glsl"
#include "generated/path_tracing.glsl"

const uint PATH_ALIVE = 1u;
const uint PATH_SEEN = 2u;     // the eye looks straight at what comes next
const uint PATH_COLORED = 4u;  // of one colour only, since it was bent apart; which one is in PATH_COLOR
const int PATH_COLOR_AT = 3;   // two bits
const int PATH_BOUNCES_AT = 8; // eight bits
const int PATH_PASSES_AT = 16; // eight bits: surfaces that it went straight through

// Evenly spread points that no two pixels share: Sobol's first two dimensions, their order and their digits scrambled for each pixel
// and each choice anew. Burley, "Practical Hash-based Owen Scrambling", JCGT 9(4), 2020.
uint hashed(uint x) {
    x ^= x >> 16;
    x *= 0x21f0aaadu;
    x ^= x >> 15;
    x *= 0xd35a2d97u;
    return x ^ (x >> 15);
}

uint scrambled(uint x, uint seed) {
    x = bitfieldReverse(x);
    x ^= x * 0x3d20adeau;
    x += seed;
    x *= (seed >> 16) | 1u;
    x ^= x * 0x05526c56u;
    x ^= x * 0x53a22864u;
    return bitfieldReverse(x);
}

// A point of the unit square for the `choice`-th choice of a path.
vec2 chance(uint pixel, uint choice) {
    uint seed = hashed(pixel * 0x9e3779b9u + hashed(choice + 0x68bc21ebu * path.seed));
    uint index = scrambled(path.sample_index, seed);
    uint x = bitfieldReverse(index), y = 0u;
    for (uint v = 0x80000000u, i = index; i != 0u; i >>= 1, v ^= v >> 1) y ^= (i & 1u) != 0u ? v : 0u;
    x = scrambled(x, hashed(seed ^ 0xa511e9b3u));
    y = scrambled(y, hashed(seed ^ 0x63d83595u));
    return vec2(float(x >> 8), float(y >> 8)) * (1.0 / 16777216.0);
}

// Which pixel of the picture a path belongs to; paths go through their tile row by row.
uvec2 pixel_of(uint number) { return path.tile.xy + uvec2(number % path.tile.z, number / path.tile.z); }
uint pixel_number(uint number) {
    uvec2 at = pixel_of(number);
    return at.x + at.y * 65536u;
}
