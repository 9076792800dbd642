// The next level of the copy of what is behind: half the size, by thirteen bilinear looks that together are a smooth bell
// with the sum of one (Jimenez, "Next Generation Post Processing in Call of Duty: Advanced Warfare", 2014).
layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) uniform sampler2D behind_map;
layout(rgba16f, binding = 0) uniform writeonly image2D smaller;
layout(std140, binding = 2) uniform Level { ivec4 level; }; // size of the target, level that is read

vec4 look(vec2 uv, vec2 offset, vec2 texel) { return textureLod(behind_map, uv + offset * texel, float(level.z)); }

void main() {
    ivec2 at = ivec2(gl_GlobalInvocationID.xy);
    if (any(greaterThanEqual(at, level.xy))) return;
    vec2 uv = (vec2(at) + 0.5) / vec2(level.xy), texel = 1.0 / vec2(textureSize(behind_map, level.z));
    vec4 near = look(uv, vec2(-1, -1), texel) + look(uv, vec2(1, -1), texel) + look(uv, vec2(-1, 1), texel)
        + look(uv, vec2(1, 1), texel);
    vec4 cross = look(uv, vec2(0, -2), texel) + look(uv, vec2(-2, 0), texel) + look(uv, vec2(2, 0), texel)
        + look(uv, vec2(0, 2), texel);
    vec4 corners = look(uv, vec2(-2, -2), texel) + look(uv, vec2(2, -2), texel) + look(uv, vec2(-2, 2), texel)
        + look(uv, vec2(2, 2), texel);
    vec4 middle = look(uv, vec2(0), texel);
    imageStore(smaller, at, near * 0.125 + cross * 0.0625 + corners * 0.03125 + middle * 0.125);
}
