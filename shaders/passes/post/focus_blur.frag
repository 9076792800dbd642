// What is out of focus, gathered: each point looks at those that may spread over it. What lies behind spreads no further than the
// point's own blur, so that sharp things keep their edges; what lies before spreads over everything.
layout(binding = 0) uniform sampler2D half_size;
layout(binding = 1) uniform sampler2D tiles_map;
layout(std140, binding = 2) uniform Kernel {
    vec4 kernel;       // count of taps, aspect, a pixel's height in heights of the picture
    vec4 taps[48];     // offset on the aperture's shape, and how far out it lies
};
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 blurred; // alpha: how much of it stands before what is sharp

void main() {
    vec4 center = textureLod(half_size, v_uv, 0.0);
    ivec2 tiles = textureSize(tiles_map, 0), tile = ivec2(v_uv * vec2(tiles));
    float reach = 0.0;
    for (int y = -1; y <= 1; ++y)
        for (int x = -1; x <= 1; ++x) reach = max(reach, texelFetch(tiles_map, clamp(tile + ivec2(x, y), ivec2(0), tiles - 1), 0).r);
    blurred = vec4(center.rgb, 0.0);
    if (reach < 0.5 * kernel.z) return;
    int count = int(kernel.x);
    float margin = kernel.z; // edges of discs are as wide as a pixel
    vec4 behind = vec4(0.0), before = vec4(0.0);
    for (int i = 0; i < count; ++i) {
        vec2 uv = v_uv + taps[i].xy * reach / vec2(kernel.y, 1.0);
        vec4 c = textureLod(half_size, uv, 0.0);
        float away = taps[i].z * reach;
        // A point's light is spread over its own disc: the larger, the less comes to each place.
        float far = clamp((min(c.a, center.a) - away) / margin + 0.5, 0.0, 1.0);
        behind += vec4(c.rgb, 1.0) * (c.a >= -margin ? far / max(c.a * c.a, 0.25 * margin * margin) : 0.0);
        float near = c.a < -0.25 * margin ? clamp((-c.a - away) / margin + 0.5, 0.0, 1.0) : 0.0;
        before += vec4(c.rgb, 1.0) * near / max(c.a * c.a, 0.25 * margin * margin);
    }
    vec3 far_color = behind.a > 0.0 ? behind.rgb / behind.a : center.rgb;
    vec3 near_color = before.a > 0.0 ? before.rgb / before.a : center.rgb;
    // A disc's worth of taps covers the point wholly.
    float covered = clamp(before.a * reach * reach / float(count), 0.0, 1.0);
    blurred = vec4(mix(far_color, near_color, covered), covered);
}
