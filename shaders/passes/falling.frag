// A drop is faint at its sides and ends, a flake round and soft.
in vec2 v_at;
flat in vec4 v_color;
layout(location = 0) out vec4 color;

void main() {
#ifdef FLAKES
    float share = max(1.0 - dot(v_at, v_at), 0.0);
#else
    float share = (1.0 - v_at.x * v_at.x) * (1.0 - 0.7 * v_at.y * v_at.y);
#endif
    float opacity = v_color.a * share;
#ifdef FAST
    color = vec4(v_color.rgb, opacity);
#else
    color = vec4(v_color.rgb * opacity, opacity);
#endif
}
