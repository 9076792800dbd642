// A Gaussian, premultiplied.
in vec2 v_at;
flat in vec4 v_color;
layout(location = 0) out vec4 picture;

void main() {
    float share = v_color.a * exp(-0.5 * dot(v_at, v_at));
    if (share < 1.0 / 255.0) discard;
    picture = vec4(v_color.rgb * share, share);
}
