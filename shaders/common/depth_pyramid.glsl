// Is a sphere behind what was drawn? Asked of a pyramid of farthest depths, `taixu.render.depth_pyramid`.
layout(binding = 0) uniform sampler2D depth_pyramid;

// The slopes between which a circle is seen whose centre lies `across` beside and `ahead` before the eye, ahead > radius:
// Mara and McGuire, "2D Polyhedral Bounds of a Clipped, Perspective-Projected 3D Sphere", 2013.
vec2 seen_slopes(float across, float ahead, float radius) {
    float tangent = sqrt(across * across + ahead * ahead - radius * radius);
    return vec2((across * tangent - radius * ahead) / (ahead * tangent + radius * across),
                (across * tangent + radius * ahead) / (ahead * tangent - radius * across));
}

bool is_hidden(vec3 center, float radius) {
    vec3 c = (view_from_world * vec4(center, 1.0)).xyz;
    float nearest = c.z + radius;
    if (nearest > -depth_range.x) return false; // it reaches the near plane
    mat4 m = clip_from_view;
    vec2 x, y; // in normalised device coordinates
    float depth;
    if (camera_position.w > 0.5) {
        x = m[0][0] * seen_slopes(c.x, -c.z, radius) - m[2][0];
        y = m[1][1] * seen_slopes(c.y, -c.z, radius) - m[2][1];
        depth = (m[2][2] * nearest + m[3][2]) / -nearest;
    } else {
        x = m[0][0] * vec2(c.x - radius, c.x + radius) + m[3][0];
        y = m[1][1] * vec2(c.y - radius, c.y + radius) + m[3][1];
        depth = m[2][2] * nearest + m[3][2];
    }
    ivec2 last = ivec2(viewport.xy) - 1;
    ivec2 low = clamp(ivec2(floor((vec2(x.x, y.x) * 0.5 + 0.5) * viewport.xy)), ivec2(0), last);
    ivec2 high = clamp(ivec2(floor((vec2(x.y, y.y) * 0.5 + 0.5) * viewport.xy)), ivec2(0), last);
    // The finest level on which it covers two texels a side at most.
    int level = max(findMSB(max(high.x - low.x, high.y - low.y)), 0), levels = textureQueryLevels(depth_pyramid);
    level = min(level, levels - 1);
    ivec2 from = low >> (level + 1), to = high >> (level + 1);
    vec4 four = vec4(texelFetch(depth_pyramid, from, level).r, texelFetch(depth_pyramid, to, level).r,
                     texelFetch(depth_pyramid, ivec2(from.x, to.y), level).r, texelFetch(depth_pyramid, ivec2(to.x, from.y), level).r);
    return depth < min(min(four.x, four.y), min(four.z, four.w));
}
