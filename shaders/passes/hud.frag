// Colours are encoded for the screen; what goes out is premultiplied.
layout(location = 0) in vec2 v_at;
layout(location = 1) flat in vec2 v_half;
layout(location = 2) flat in vec4 v_shape;
layout(location = 3) flat in vec4 v_fill;
layout(location = 4) flat in vec4 v_edge;
layout(binding = 0) uniform sampler2D letters;
layout(location = 0) out vec4 color;

void main() {
    if (v_shape.w > 0.5) {
        float letter = v_fill.a * texelFetch(letters, ivec2(v_at), 0).r;
        color = vec4(v_fill.rgb * letter, letter);
        return;
    }
    vec2 q = abs(v_at) - v_half + v_shape.x; // distance to a box with round corners, negative inside
    float outside = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - v_shape.x;
    float soft = max(v_shape.z, 1.0);
    float inside = clamp(-outside / soft + (v_shape.z > 0.0 ? 0.0 : 0.5), 0.0, 1.0);
    if (v_shape.z > 0.0) inside *= inside * (3.0 - 2.0 * inside);
    vec4 filled = vec4(v_fill.rgb * v_fill.a, v_fill.a);
    if (v_shape.y > 0.0) {
        float rim = clamp(outside + v_shape.y + 0.5, 0.0, 1.0) * v_edge.a; // over the ground, as a line drawn on it
        filled = vec4(v_edge.rgb * rim, rim) + filled * (1.0 - rim);
    }
    color = filled * inside;
}
