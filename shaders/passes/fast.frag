in vec4 shade;
layout(location = 0) out vec4 picture;
#ifdef WRITE_ID
flat in uint entity;
layout(location = 1) out uint picked;
#endif

void main() {
    vec3 c = clamp(shade.rgb, 0.0, 1.0);
    picture = vec4(mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c)), shade.a);
#ifdef WRITE_ID
    picked = entity;
#endif
}
