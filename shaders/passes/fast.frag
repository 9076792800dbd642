in vec4 shade;
layout(location = 0) out vec4 picture;
#ifdef WRITE_ID
flat in uint entity;
layout(location = 1) out uint picked;
#endif

void main() {
    picture = shade;
#ifdef WRITE_ID
    picked = entity;
#endif
}
