// The next level of the copy of what is behind: half the size, each texel a bell over four by four (weights 1 3 3 1, by
// four bilinear looks). Read back by cubic splines, no texels are to be seen.
layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) uniform sampler2D behind_map;
layout(rgba16f, binding = 0) uniform writeonly image2D smaller;
layout(std140, binding = 2) uniform Level { ivec4 level; }; // size of the target, level that is read

void main() {
    ivec2 at = ivec2(gl_GlobalInvocationID.xy);
    if (any(greaterThanEqual(at, level.xy))) return;
    vec2 uv = (vec2(at) + 0.5) / vec2(level.xy), off = 0.75 / vec2(textureSize(behind_map, level.z));
    float from = float(level.z);
    imageStore(smaller, at, 0.25 * (textureLod(behind_map, uv - off, from) + textureLod(behind_map, uv + off, from)
        + textureLod(behind_map, uv + vec2(off.x, -off.y), from) + textureLod(behind_map, uv + vec2(-off.x, off.y), from)));
}
