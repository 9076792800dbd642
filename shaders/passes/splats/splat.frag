// A Gaussian, premultiplied.
in vec2 v_at;
flat in vec4 v_color;
layout(location = 0) out vec4 picture;
#ifdef AWAY
flat in float v_away;
layout(location = 1) out vec4 away; // mixed as colours are
#endif

void main() {
    float share = v_color.a * exp(-0.5 * dot(v_at, v_at));
    if (share < 1.0 / 255.0) discard;
    picture = vec4(v_color.rgb * share, share);
#ifdef AWAY
    away = vec4(v_away * share, 0.0, 0.0, share);
#endif
}
