// Up to five levels of the pyramid of farthest depths in one go: a group takes 32 x 32 texels of the depth (or of a level)
// down to one. Depth is reversed, so that the farthest is the smallest. Beyond the rim the rim is repeated.
layout(local_size_x = 16, local_size_y = 16) in;
#ifdef SAMPLES
layout(binding = 0) uniform sampler2DMS source;
#else
layout(binding = 0) uniform sampler2D source;
#endif
layout(r32f, binding = 0) uniform writeonly image2D level_0;
layout(r32f, binding = 1) uniform writeonly image2D level_1;
layout(r32f, binding = 2) uniform writeonly image2D level_2;
layout(r32f, binding = 3) uniform writeonly image2D level_3;
layout(r32f, binding = 4) uniform writeonly image2D level_4;
layout(std140, binding = 2) uniform Params { ivec4 read; }; // texels of the source that count, its level, levels to write

shared float farthest[16][16];

float depth_at(ivec2 at) {
    at = min(at, read.xy - 1);
#ifdef SAMPLES
    float depth = texelFetch(source, at, 0).r;
    for (int i = 1; i < SAMPLES; ++i) depth = min(depth, texelFetch(source, at, i).r);
    return depth;
#else
    return texelFetch(source, at, max(read.z, 0)).r;
#endif
}

float farthest_of(ivec2 at, int step) {
    return min(min(farthest[at.y][at.x], farthest[at.y][at.x + step]),
               min(farthest[at.y + step][at.x], farthest[at.y + step][at.x + step]));
}

void main() {
    ivec2 here = ivec2(gl_LocalInvocationID.xy), at = ivec2(gl_GlobalInvocationID.xy);
    float depth = min(min(depth_at(2 * at), depth_at(2 * at + ivec2(1, 0))),
                      min(depth_at(2 * at + ivec2(0, 1)), depth_at(2 * at + 1)));
    imageStore(level_0, at, vec4(depth));
    farthest[here.y][here.x] = depth;
    for (int level = 1; level < read.w; ++level) {
        barrier();
        int step = 1 << (level - 1);
        if (all(equal(here & (2 * step - 1), ivec2(0)))) {
            depth = farthest_of(here, step);
            farthest[here.y][here.x] = depth; // nobody else of this round reads it
            ivec2 target = at >> level;
            if (level == 1) imageStore(level_1, target, vec4(depth));
            else if (level == 2) imageStore(level_2, target, vec4(depth));
            else if (level == 3) imageStore(level_3, target, vec4(depth));
            else imageStore(level_4, target, vec4(depth));
        }
    }
}
